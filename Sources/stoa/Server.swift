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
        Assembly.prepareDescriptors(for: configuration.int("limits.connections"))
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
        let hints = redis == nil ? nil : Mailbox<PriceHint>(on: topics.executor)
        let prices = assembly.prices(database, topics, shared, hints)
        self.prices = prices
        let portfolioChanges = ChangeBell()
        let portfolios = assembly.portfolios(
            database, prices, notifications.service, topics, portfolioChanges)
        let sources = try await assembly.priceSources(prices, topics, shared)
        self.sources = sources
        let alerts = assembly.alerts(database, notifications.service, portfolios, shared, hints)
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
            privacy: privacy, jobs: JobRepository(database: database),
            wakeJobs: { notifications.jobs.wake() },
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
        if configuration.flag("demo_prices") { try await DemoFeed.prepare(prices) }
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
        let parts = Assembly.LoopParts(
            hub: hub, context: context, doors: doors, topicSettings: configuration.topics, redis: redis,
            tables: tables, shared: shared, prices: prices, past: past, portfolios: portfolios,
            alerts: alerts,
            sources: sources, hints: hints)
        let places = Assembly.ListeningPlaces(clients: sockets, operators: control, watchers: watch, tls: tls)
        try await group.start { loop in
            try parts.attach(to: loop, at: places)
            guard loop.index == 0 else { return }
            try door.attach(to: loop) { signal in
                if signal == .hangUp { reload.run() } else { drain.demand() }
            }
        }
        if context.settings.dev { try await Assembly.prepareDev(context.rooms.rooms) }
        try await progress?.start(context.rooms)
        assembly.announce(places, inviting: context.settings.dev ? context.signer : nil)
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
