import Gates
import Gateway
import Identity
import PostgresStorage
import Prices
import PubSub
import Reactor
import Rooms

extension Configuration {
    /// The gateway's part.
    var gateway: GatewaySettings {
        var settings = GatewaySettings()
        settings.messageBytes = int("limits.message_bytes")
        settings.framesPerMessage = int("limits.frames_per_message")
        settings.inflateRatio = int("limits.inflate_ratio")
        settings.controlFramesPerSecond = int("limits.control_frames_per_second")
        settings.commandsPerSecond = int("limits.commands_per_second")
        settings.keyCommandsPerSecond = int("limits.key_commands_per_second")
        settings.roomsPerHour = int("limits.rooms_per_hour")
        settings.backlogBytes = int("limits.backlog_bytes")
        settings.channels = int("limits.channels")
        settings.connections = int("limits.connections")
        settings.connectionsPerAddress = int("limits.connections_per_address")
        settings.connectionsPerUser = int("limits.connections_per_user")
        settings.signIns = int("limits.sign_ins")
        settings.meter = meter
        settings.pingMilliseconds = integer("websocket.ping_ms")
        settings.pongMilliseconds = integer("websocket.pong_ms")
        settings.authMilliseconds = integer("websocket.auth_ms")
        settings.expiryWarningMilliseconds = integer("jwt.warning_ms")
        settings.withdrawalMilliseconds = integer("jwt.withdrawn_ms")
        settings.compression = flag("websocket.compression")
        settings.headerMilliseconds = integer("http.header_ms")
        settings.bodyMilliseconds = integer("http.body_ms")
        settings.idleMilliseconds = integer("http.idle_ms")
        settings.handshakeMilliseconds = integer("tls.handshake_ms")
        settings.origins = list("http.origins")
        settings.trustedProxies = list("http.trusted_proxies")
        settings.proxyProtocol = flag("http.proxy_protocol")
        settings.host = text("host")
        settings.echo = flag("echo")
        settings.dev = flag("dev")
        settings.instance = text("instance.id")
        settings.auditAddresses = AuditAddresses(rawValue: text("audit.addresses")) ?? .network
        return settings
    }

    /// The PostgreSQL store's part; nil where the store is the embedded one.
    var postgres: PostgresOptions? {
        guard let connection = optional("store.postgres") else { return nil }
        var options = PostgresOptions(connection: connection)
        options.directory = text("data_dir")
        options.replicas = list("store.postgres_replicas")
        options.replicaLag = .milliseconds(integer("store.postgres_replica_lag_ms"))
        options.readers = int("store.postgres_readers")
        options.readPatience = .milliseconds(integer("store.postgres_read_ms"))
        options.writePatience = .milliseconds(integer("store.postgres_write_ms"))
        options.awayPatience = .milliseconds(integer("store.postgres_away_ms"))
        return options
    }

    /// The rooms' part.
    var rooms: RoomSettings {
        var settings = RoomSettings()
        settings.graceMilliseconds = integer("presence.grace_ms")
        settings.announcedPeople = int("presence.announced_people")
        settings.diffMilliseconds = integer("presence.diff_ms")
        settings.replayEvents = int("rooms.replay_events")
        settings.replayBytes = int("rooms.replay_bytes")
        settings.receiptPeople = int("rooms.receipt_people")
        settings.anyoneMayCreate = flag("rooms.anyone_may_create")
        settings.compareMilliseconds = integer("broker.compare_ms")
        return settings
    }

    /// The part of exports and erasures.
    var privacy: PrivacySettings {
        var settings = PrivacySettings()
        settings.messages = PrivacySettings.Messages(rawValue: text("erasure.messages")) ?? .tombstone
        settings.exportMilliseconds = integer("export.ms")
        return settings
    }

    /// The wallets' part.
    var wallets: WalletSettings {
        var settings = WalletSettings()
        settings.origins = list("wallet.origins")
        settings.allowsOwnLoopback = flag("dev")
        settings.statement = text("wallet.statement")
        settings.resources = list("wallet.resources")
        settings.networks = [.solana: text("wallet.solana_network"), .xrpl: text("wallet.xrpl_network")]
        settings.lifetimeMilliseconds = integer("wallet.challenge_ms")
        settings.challenges = int("wallet.challenges")
        settings.challengesPerClient = int("wallet.challenges_per_address")
        settings.walletsPerPerson = int("wallet.per_person")
        return settings
    }

    /// How Solana's nodes are asked.
    var solana: ChainSettings { chain("solana") }

    /// How the XRP Ledger's nodes are asked.
    var xrpl: ChainSettings {
        var settings = chain("xrpl")
        settings.dialect = .rippled
        return settings
    }

    private func chain(_ name: String) -> ChainSettings {
        var settings = ChainSettings(endpoints: list("\(name).rpc"))
        settings.timeout = .milliseconds(integer("gates.timeout_ms"))
        settings.requestsPerSecond = int("\(name).requests_per_second")
        // A sweep that waits longer for its turn leaves it to the next one.
        settings.sweepPatience = .seconds(30)
        return settings
    }

    /// The gates' part.
    var gates: GateSettings {
        var settings = GateSettings()
        settings.cacheMilliseconds = integer("gates.cache_ms")
        settings.recheckMilliseconds = integer("gates.recheck_ms")
        settings.sweepMilliseconds = integer("gates.sweep_ms")
        settings.graceMilliseconds = integer("gates.grace_ms")
        settings.checks = int("gates.checks")
        settings.questions = int("gates.questions")
        return settings
    }

    /// The tiers' part.
    private var meter: MeterSettings {
        var settings = MeterSettings()
        for tier in RequestTier.allCases { settings.counts[tier] = int("limits.tier_\(tier.rawValue)") }
        // Whoever tries the server by hand looks at everything at once.
        let isTried =
            flag("dev") && ["limits.tier", "limits.tier_free"].allSatisfy { source($0) == "default" }
        settings.standard = isTried ? .power : RequestTier(rawValue: text("limits.tier")) ?? .free
        settings.upgradeURL = text("limits.upgrade_url")
        return settings
    }

    /// The topics' part.
    ///
    /// A ring that is not written as it should be is left out; ``ConfigurationCheck`` refuses it.
    var topics: TopicSettings {
        var settings = TopicSettings()
        settings.ringCount = int("topics.ring")
        settings.ringBytes = int("topics.ring_bytes")
        settings.channels = int("topics.channels")
        settings.idleMilliseconds = integer("topics.idle_ms")
        settings.rings = list("topics.rings").compactMap(Configuration.ring)
        return settings
    }

    /// Prices.
    var prices: PriceSettings {
        var settings = PriceSettings()
        settings.symbols = int("prices.symbols")
        settings.queuedTicks = int("prices.queue")
        settings.aheadMilliseconds = integer("prices.ahead_ms")
        settings.staleMilliseconds = integer("prices.stale_ms")
        settings.retentionDays = int("prices.retention_days")
        settings.isShared = !list("broker.redis").isEmpty
        settings.isStoreShared = optional("store.postgres") != nil
        if text("prices.primary") != "none" {
            settings.keptMilliseconds = max(settings.keptMilliseconds, 2 * integer("prices.period_ms"))
        }
        return settings
    }

    /// Reads a ring's rule, as `topic:lobby*=1000`.
    static func ring(_ rule: String) -> TopicSettings.Ring? {
        let parts = rule.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let pattern = ChannelPattern(streams: String(parts[0])),
            let count = Int(parts[1]), (0...100_000).contains(count)
        else { return nil }
        return TopicSettings.Ring(pattern: pattern, count: count)
    }

    /// Where metrics are read without a token; nil for nowhere, or where it is no address.
    var metricsAddress: SocketAddress? {
        let text = text("metrics.listen")
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        // IPv6 in brackets, as in URLs.
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return SocketAddress(host: String(host), port: port)
    }

    /// The pairs of certificate and key.
    var identities: [TLSContext.Identity] {
        zip(list("tls.certificate"), list("tls.key")).map {
            TLSContext.Identity(certificatePath: $0, keyPath: $1)
        }
    }
}
