import Achievements
import Bytes
import ClientProtocol
import Gates
import Gateway
import Glibc
import Identity
import Jobs
import Notifications
import Outbound
import Prices
import PubSub
import Reactor
import RedisPubSub
import Rooms
import Storage
import Telemetry
import WebSocket
import Webhooks

/// A running server: its loops, its store, and how it stops.
final class Server: Sendable {
    private let assembly: Assembly
    private let group: EventLoopGroup
    private let database: any WatchedDatabase
    private let log: MessageLog
    private let context: GatewayContext
    private let doors: [Mailbox<GatewayMail>]
    private let drain: Drain
    private let manager = ServiceManager()
    private let handover = Handover()
    private let retention: Retention
    private let client: HTTPClient
    private let nodes: HTTPClient
    private let gateWatch = Watch()
    private let prices: PriceService
    private let priceHouse = Watch()
    private let notifications: Assembly.NotificationParts
    private let alerts: AlertService
    private let demoPrices = Watch()
    private let sources: Assembly.PriceSources
    private let tableWatch = Watch()
    private let feedWatch = Watch()
    private let verifier: TokenVerifier
    private let serviceKeys: ServiceKeyService
    private let mails: MailQueue?
    private let trail: AuditTrail
    private let privacy: PrivacyService
    private let tables: SharedTables
    private let webhooks: Assembly.WebhookParts?
    private let progress: Assembly.ProgressParts?

    /// Starts a server; when this returns it listens.
    init(_ assembly: Assembly, signals: consuming SignalSource) async throws {
        self.assembly = assembly
        drain = Drain(assembly.configuration.drain)
        ProcessMetrics.begin()
        let configuration = assembly.configuration
        Server.prepareDescriptors(for: configuration.int("limits.connections"))
        let tls = try assembly.tls()
        database = try await assembly.openStore(waitsForServer: true)
        let secrets = try assembly.secrets()
        client = HTTPClient(authorityPath: configuration.optional("jwt.jwks_authorities"))
        nodes = HTTPClient()
        let ownSecrets = try assembly.ownSecrets(secrets)
        let access = AccessService(
            AccessRepository(database: database), WiderBanRepository(database: database))
        serviceKeys = ServiceKeyService(
            ServiceKeyRepository(database: database), table: ServiceKeyTable(), access: access,
            limit: configuration.int("limits.service_keys"))
        verifier = assembly.verifier(
            secrets: secrets, ownSecrets: ownSecrets, access: access.list, serviceKeys: serviceKeys.table,
            client: client)
        let sockets: [BoundSocket]
        let control: BoundSocket?
        let watch: BoundSocket?
        do {
            sockets = try assembly.bind()
            control = try assembly.bindControl()
            watch = try assembly.bindMetrics()
        } catch {
            await database.close()
            throw error
        }
        group = try EventLoopGroup(count: assembly.loopCount)
        let hub = Hub(group.executors)
        // The topics' home: the last loop, since the first ones are home to signals and often to the first rooms.
        let topics = Mailbox<TopicMail>(on: group.executors[group.executors.count - 1])
        var limits = MessageLogLimits()
        limits.queuedAppends = configuration.int("limits.queued_appends")
        log = MessageLog(database: database, limits: limits)
        let webhooks = assembly.webhooks()
        self.webhooks = webhooks
        let redis = try assembly.redis()
        let shared = redis == nil ? nil : SharedRedis(on: group.executors[0])
        let notifications = assembly.notifications(database, topics)
        self.notifications = notifications
        let progress = assembly.progress(database, topics, shared, notifications.service)
        self.progress = progress
        let rooms = RoomContext(
            hub: hub, log: log, rooms: RoomRepository(database: database),
            messages: MessageRepository(database: database), topics: topics, settings: configuration.rooms,
            gates: assembly.gates(database, nodes, shared), events: webhooks?.desk,
            onCommit: progress?.service.hints.committed)
        let database = database
        let log = log
        let readiness = assembly.readiness(database, redis?.status)
        let signIns = assembly.signIns(database, access, ownSecrets: ownSecrets)
        let trail = AuditTrail(
            AuditRepository(database: database), window: configuration.integer("audit.count_ms"))
        self.trail = trail
        let tiers = TierService(TierRepository(database: database))
        let emails = assembly.emails(database, signIns, shared, ownSecrets: ownSecrets)
        mails = emails?.queue
        let prices = assembly.prices(database, topics, shared)
        self.prices = prices
        let portfolioChanges = ChangeBell()
        let portfolios = assembly.portfolios(
            database, prices, notifications.service, topics, portfolioChanges)
        let sources = try await assembly.priceSources(prices, topics, shared)
        self.sources = sources
        let alerts = assembly.alerts(database, notifications.service, portfolios, shared)
        self.alerts = alerts
        await prices.risk.tells { values async throws(StorageError) in try await alerts.look(values) }
        let privacy = PrivacyService(
            rooms, access, PrivacyRepository(database: database), AuditRepository(database: database),
            configuration.privacy)
        self.privacy = privacy
        context = try GatewayContext(
            settings: configuration.gateway, verifier: verifier,
            signer: configuration.flag("dev") ? TokenSigner(ownFrom: secrets[0]) : nil, access: access,
            signIns: signIns, serviceKeys: serviceKeys, tiers: tiers, rooms: rooms, trail: trail,
            privacy: privacy,
            wallets: assembly.wallets(database, signIns, shared, shared), emails: emails?.people,
            emailLocks: emails?.people.locks ?? EmailLocks(database: database),
            prices: prices, portfolios: portfolios, watchlists: assembly.watchlists(database, topics),
            notifications: notifications.service,
            progress: progress?.service, alerts: alerts,
            slots: shared, rates: shared, holdings: shared, pages: Assembly.pages(),
            readiness: readiness,
            drain: drain.requests,
            metrics: { text in
                StoreMetrics.write(&text, log.figures, database.figures)
                BrokerMetrics.write(&text, redis?.status.figures)
                if let gates = rooms.gates { GateMetrics.write(&text, gates.figures) }
                WebhookMetrics.write(&text, webhooks?.queue.figures ?? WebhookFigures())
                JobMetrics.write(&text, notifications.jobs.figures)
                SourceMetrics.write(&text, sources)
                if let progress { ProgressMetrics.write(&text, progress.service.figures) }
                AlertMetrics.write(&text, alerts.figures, portfolios.counts)
                ProcessMetrics.write(&text)
            })
        portfolios.forgets(privacy.erased)
        let doors = context.doors
        self.doors = doors
        let past = try await PricePast(prices.history, prices.settings)
        // Before it listens: the first clients find the keys that their tokens need.
        let serviceKeys = serviceKeys
        let load = { @Sendable () async throws(StorageError) in
            try await access.load()
            try await serviceKeys.load()
            try await tiers.load()
            try await portfolios.load()
        }
        try await load()
        await verifier.start()
        retention = Retention(
            database: database, days: configuration.int("retention.days"),
            auditDays: configuration.int("audit.days"))
        let context = context
        let topicSettings = configuration.topics
        let door = SignalDoor(signals)
        let drain = drain
        let reload = Reload(assembly, doors)
        let tables = SharedTables(on: group.executors[0]) { () async throws(StorageError) in
            try await load()
            for door in doors { door.post(.judgeAgain) }
        }
        self.tables = tables
        // Commands may write to a database while they find no server of it.
        if configuration.postgres != nil { tableWatch.start { await tables.watch() } }
        if redis != nil {
            for bell in [access.changes, serviceKeys.changes, tiers.changes, portfolioChanges] {
                bell.onRing { tables.changed() }
            }
        }
        try await group.start { loop in
            let shard = HubShard(loop, hub.mailboxes[loop.index], backlogLimit: context.settings.backlogBytes)
            let deflater = context.settings.compression ? Deflater() : nil
            let broker = redis.map { RedisBroker(loop, $0) }
            let home = RoomShard(loop, context.rooms, deflater: deflater, broker: broker)
            broker?.add(home)
            let gateway = GatewayLoop(loop, context, shard: shard, mailbox: doors[loop.index], tls: tls)
            for socket in sockets {
                try gateway.listen(socket, isSecure: tls != nil && socket.address.family != .unix)
            }
            if let control { try gateway.listen(control, isSecure: false, for: .operators) }
            if let watch { try gateway.listen(watch, isSecure: false, for: .watchers) }
            var parts: [AnyObject] = [shard, home, gateway]
            if let broker {
                parts.append(broker)
                if loop.index == 0 {
                    parts.append(tables.attach(to: loop, broker))
                    shared?.attach(to: loop, broker)
                }
            }
            var topicBroker: TopicBroker?
            var priceDesk: PriceDesk?
            if topics.executor === loop.executor {
                let topics = TopicBroker(
                    loop, topics, hub: hub, settings: topicSettings, deflater: deflater, broker: broker)
                parts.append(topics)
                topicBroker = topics
                let desk = PriceDesk(
                    loop, prices.desk, topics: context.topics, repository: prices.history,
                    settings: prices.settings, past: past,
                    moved: { alerts.wake() })
                parts.append(desk)
                parts.append(
                    PortfolioDesk(
                        loop, portfolios, topics: context.topics, prices: desk, duties: shared,
                        judge: { (values, term) async throws(StorageError) in
                            try await alerts.look(values, term: term)
                        }))
                priceDesk = desk
            }
            gateway.measures(home, topicBroker, priceDesk)
            loop.keep(parts)
            guard loop.index == 0 else { return }
            try door.attach(to: loop) { signal in
                if signal == .hangUp { reload.run() } else { drain.demand() }
            }
        }
        try await prepareDev()
        try await progress?.start(context.rooms)
        if let watch { Console.print("metrics on http://\(watch.address)/metrics") }
        announce(sockets, isSecure: tls != nil)
        let addresses = sockets.map(\.address.description).joined(separator: ", ")
        Log.notice(
            "stoa \(ServerVersion.current) listens on \(addresses), \(assembly.loopCount) loops, data in \(assembly.place)"
        )
        if context.settings.dev { Log.notice("--dev: anybody who can reach this server gets a token") }
        retention.start()
        trail.start()
        privacy.start()
        serviceKeys.start()
        notifications.start()
        alerts.start()
        startPrices()
        try await startGates()
        if configuration.flag("handover") { handover.follow(doors) }
        // Every loop has to answer: one that hangs keeps the sign of life back.
        manager.ready { [self] in _ = await connections() }
    }

    private func startPrices() {
        let prices = prices
        priceHouse.start { await prices.keepHouse { Log.error("ticks cannot be looked after: \($0)") } }
        sources.start(prices)
        guard assembly.configuration.flag("demo_prices") else { return }
        Log.notice("--demo-prices: symbols that begin with DEMO- are made up")
        demoPrices.start { await DemoFeed.run(into: prices) }
    }

    /// Those behind gates are looked at from now on.
    private func startGates() async throws {
        guard let gate = GateService(context.rooms) else { return }
        gateWatch.start { await gate.watch() }
        guard let feed = try await assembly.feed({ gate.heed($0) }) else { return }
        context.rooms.gates?.follow(feed)
        feedWatch.start { await feed.run() }
    }

    private static func prepareDescriptors(for connections: Int) {
        let allowed = DescriptorTable.prepare(for: (connections > 0 ? connections : 65_536) + 1024)
        if allowed < connections + 256 {
            Log.info(
                "the system allows \(allowed) descriptors: fewer than limits.connections (\(connections)) may need"
            )
        }
    }

    /// With `--dev` there is a room to begin with.
    private func prepareDev() async throws {
        guard context.settings.dev else { return }
        let page = try await context.rooms.rooms.list(limit: 1, visibleTo: "")
        guard page.items.isEmpty else { return }
        var room = RoomRecord(name: "Study hall", creatorID: ServerInvitation.firstOwner)
        room.description = "A first room. Open the link in two windows and talk."
        _ = try await context.rooms.rooms.create(room, creatorName: "Stoa")
    }

    private func announce(_ sockets: [BoundSocket], isSecure: Bool) {
        for socket in sockets {
            let scheme = isSecure && socket.address.family != .unix ? "https" : "http"
            Console.print("listening on \(scheme)://\(socket.address)")
        }
        guard context.settings.dev, let signer = context.signer, let address = sockets.first?.address else {
            return
        }
        let scheme = isSecure ? "https" : "http"
        Console.print("open \(scheme)://\(address)/#token=\(ServerInvitation.token(signer))")
    }

    /// Waits until a signal or the operator asks it to stop, and stops: hints first, then what is on its way, then the
    /// ends.
    func run() async {
        await drain.begun()
        manager.stopping()
        context.readiness.end()
        handover.stop()
        // All goes on for those who stay.
        let server = self
        await drain.run(doors, log) { await server.connections() }
        manager.gone()
        retention.stop()
        gateWatch.stop()
        priceHouse.stop()
        demoPrices.stop()
        sources.stop()
        progress?.stop()
        tableWatch.stop()
        feedWatch.stop()
        verifier.stop()
        mails?.close()
        client.close()
        nodes.close()
        await context.rooms.resign()
        await context.rooms.gates?.resign()
        await alerts.stop()
        await notifications.stop()
        await sources.resign()
        await webhooks?.finish(within: assembly.configuration.drain.close)
        group.stop()
        await serviceKeys.stop()
        await privacy.stop()
        await trail.stop()
        _ = unsafe unlink(assembly.controlPath)
        await database.close()
        Log.notice("stopped")
        Log.flush()
    }

    private func connections() async -> ConnectionCount {
        var count = ConnectionCount(all: 0, busy: 0)
        for door in doors {
            let part = await withCheckedContinuation { continuation in
                door.post(.count { continuation.resume(returning: $0) })
            }
            count.all += part.all
            count.busy += part.busy
        }
        return count
    }
}
