public import Achievements
import Bytes
public import Identity
public import Notifications
public import Prices
public import PubSub
public import Reactor
public import Rooms
public import Storage
public import Telemetry

/// What all loops' gateways share; any thread.
public struct GatewayContext: Sendable {
    /// Bounds and times.
    public let settings: GatewaySettings
    /// Who verifies tokens.
    public let verifier: TokenVerifier
    /// Who signs tokens for people who try the server with `--dev`.
    public let signer: TokenSigner?
    /// The rooms.
    public let rooms: RoomContext
    /// The rooms as REST and readings use them.
    public let service: RoomService
    /// The topics.
    public let topics: Mailbox<TopicMail>
    /// Prices; nil in a server without any.
    let prices: PriceService?
    /// People's portfolios; nil in a server without any.
    let portfolios: PortfolioService?
    /// People's watch-lists; nil in a server without any.
    let watchlists: WatchlistService?
    /// People's progress; nil where nothing follows it.
    let progress: ProgressService?
    /// The pages that the server carries.
    public let pages: StaticPages
    /// The doors of the loops' gateways, in the loops' order.
    public let doors: [Mailbox<GatewayMail>]
    /// The routes of the API.
    let routes: Router
    /// Who may connect.
    let origins: OriginPolicy
    /// Whose word about addresses counts.
    let proxies: TrustedProxies
    /// Counts requests for prices and data against people's tiers.
    let meter: Meter
    /// Counts requests of people, whatever they ask for.
    let pace: PersonPace
    /// Who may not come in.
    let access: AccessList
    /// Keeps privileged acts and refusals.
    let trail: AuditTrail
    /// Hands out tickets for handshakes.
    let tickets: TicketDesk
    /// Counts connections against their bounds.
    let census: Census
    /// Counts people's connections over all processes; nil where nobody has to.
    let sharedCensus: SharedCensus?
    /// Whether the server takes work: its store is open, it is not going away.
    public let readiness: Readiness

    /// Puts the parts together.
    ///
    /// - Parameters:
    ///   - access: Revocations and bans; whom they keep out is closed from now on.
    ///   - signIns: Tokens of the server itself.
    ///   - serviceKeys: Keys of back ends and bots.
    ///   - tiers: How many requests people may make.
    ///   - trail: Keeps privileged acts and refusals.
    ///   - privacy: Exports and erases what is kept of people.
    ///   - wallets: People and their wallets; nil where nobody signs in with one.
    ///   - emails: People and their mailboxes; nil where nobody signs in by e-mail.
    ///   - jobs: The job queue.
    ///   - wakeJobs: Says that jobs are due that were not before.
    ///   - emailLocks: What keeps mail addresses out for a while.
    ///   - prices: Prices and what comes of them; nil for none.
    ///   - portfolios: People's portfolios; nil for none.
    ///   - watchlists: People's watch-lists; nil for none.
    ///   - notifications: What people are told; nil for nothing.
    ///   - progress: People's progress; nil where nothing follows it.
    ///   - alerts: People's alerts; nil for none.
    ///   - slots: What the processes of a service have in common; nil where this one serves alone.
    ///   - rates: What they count together; nil likewise.
    ///   - holdings: How many connections people have at each of them; nil likewise.
    ///   - readiness: Whether the server takes work.
    ///   - drain: Takes the operator's wish that the server stops; nil where nobody can wish it.
    ///   - metrics: Writes what the process and its store tell to a scrape.
    /// - Throws: ``AddressError`` for a trusted proxy that is neither an address nor a network.
    public init(
        settings: GatewaySettings, verifier: TokenVerifier, signer: TokenSigner?, access: AccessService,
        signIns: SignInService, serviceKeys: ServiceKeyService, tiers: TierService, rooms: RoomContext,
        trail: AuditTrail, privacy: PrivacyService,
        jobs: JobRepository, wakeJobs: @escaping @Sendable () -> Void = {},
        wallets: WalletPeople? = nil, emails: EmailSignIn? = nil, emailLocks: EmailLocks? = nil,
        prices: PriceService? = nil, portfolios: PortfolioService? = nil,
        watchlists: WatchlistService? = nil,
        notifications: NotificationService? = nil,
        progress: ProgressService? = nil, alerts: AlertService? = nil,
        slots: (any SharedSlots)? = nil, rates: (any SharedRates)? = nil,
        holdings: (any SharedHoldings)? = nil, pages: StaticPages,
        readiness: Readiness = Readiness(),
        drain: DrainRequests? = nil,
        metrics: @escaping @Sendable (inout Exposition) -> Void = { _ in }
    ) throws(AddressError) {
        self.settings = settings
        self.verifier = verifier
        self.signer = signer
        self.rooms = rooms
        self.trail = trail
        self.access = access.list
        service = RoomService(rooms)
        topics = rooms.topics
        self.pages = pages
        self.prices = prices
        self.portfolios = portfolios
        self.watchlists = watchlists
        self.progress = progress
        origins = OriginPolicy(settings.origins)
        proxies = try TrustedProxies(settings.trustedProxies)
        let census = Census(settings)
        self.census = census
        let perUser = settings.connectionsPerUser
        sharedCensus = perUser > 0 ? holdings.map { SharedCensus(census, $0, limit: perUser) } : nil
        tickets = TicketDesk(slots: slots)
        meter = Meter(settings.meter, tiers, rates)
        pace = PersonPace(settings, rates)
        self.readiness = readiness
        doors = rooms.hub.mailboxes.map { Mailbox(on: $0.executor) }
        let doors = doors
        access.onDenial { denial in for door in doors { door.post(.deny(denial)) } }
        verifier.onWithdrawal { for door in doors { door.post(.keysWithdrawn) } }
        let topicRoutes = TopicRoutes(topics, pace)
        let roomRoutes = RoomRoutes(service, pace)
        var methods = SignInMethods()
        if wallets != nil { methods.wallets = WalletChain.allCases.map(\.rawValue) }
        methods.email = emails != nil
        methods.guest = settings.dev && signer != nil
        var all = (roomRoutes.all + WalletBanRoutes(service).all)
            .forKeys(reading: .readRooms, else: .writeRooms).ofHome()
        let serverRoutes = ServerRoutes(settings: settings, methods: methods)
        all += (topicRoutes.all.metered() + serverRoutes.all + TicketRoutes(tickets).all).forKeys(.open)
        all += (AccessRoutes(access).all + LogRoutes().all).forKeys(.scope(.admin))
        if let drain { all += DrainRoutes(drain).all.forKeys(.refused) }
        all += NameRoutes(signIns, doors: doors, rooms: rooms).all
        all += KeyRoutes(serviceKeys).all + TierRoutes(tiers).all + SignInRoutes(signIns).all
        all += MetricsRoutes(doors: doors, hub: rooms.hub, others: metrics).all.forKeys(.scope(.admin))
        if settings.dev, let signer {
            all += DevRoutes(signer: signer, verifier: verifier, rooms: service, host: settings.host).all
        }
        if let wallets {
            let gate = GateService(rooms)
            let routes = WalletRoutes(wallets, limit: settings.signIns, rates: rates) {
                gate?.walletsChanged(of: $0)
            }
            all += routes.all
        }
        if let emails { all += EmailRoutes(emails, limit: settings.signIns, rates: rates).all }
        if let prices { all += PriceRoutes(prices).all }
        if let portfolios { all += PortfolioRoutes(portfolios).all }
        if let watchlists { all += WatchlistRoutes(watchlists).all }
        if let alerts { all += AlertRoutes(alerts).all }
        if let progress { all += MintRoutes(progress.mints, service).all }
        if let progress { all += ProgressRoutes(progress, service).all + AchievementRoutes(progress).all }
        if let progress {
            all += ProgressUpkeepRoutes(progress.repository) { progress.boards.ledgerGrew() }.all
        }
        all += JobRoutes(jobs, revived: wakeJobs).all
        if let notifications { all += NotificationRoutes(notifications).all }
        if let emailLocks { all += EmailLockRoutes(emailLocks).all }
        let audit = AuditRoutes(service, trail)
        all += audit.rooms.forKeys(.scope(.readRooms)).ofHome() + audit.server
        all += PrivacyRoutes(privacy).all
        routes = Router(all.audited())
    }
}
