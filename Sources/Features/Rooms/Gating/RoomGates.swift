import ClientProtocol
public import Gates
import Identity
public import PubSub
import Reactor
public import Storage
import Synchronization

/// What judging people at gates needs; all of it may be used on any thread.
public final class RoomGates: Sendable {
    /// Bounds and times.
    public let settings: GateSettings
    let solana: SolanaReader
    let xrpl: XRPLReader
    let cache: ReadingCache
    let keeper: GateKeeper
    let store: GateRepository
    /// Decimals stay, the supply moves.
    let mints: FactBook<MintFacts>
    /// Names hardly change.
    let collections = FactBook<CollectionFacts>(milliseconds: 3_600_000)
    /// Issuers who have no account on the XRP Ledger.
    let issuers = AbsenceBook<XRPLAddress>()
    let book = LeaseBook()
    let watched = WatchBook()
    let turn = SweepTurn()
    /// Who sweeps, where several processes have the store in common; nil where this one is alone.
    let duty: KeptDuty?
    /// Counts looks that read anew, and the questions that people cause.
    let limiter = RateLimiter()
    private let counts = Mutex(GateFigures())
    private let feedSlot = Mutex<AccountFeed?>(nil)
    private let database: any Database

    /// Gates over the chains' readers; by what one without nodes would have to read no room can be gated.
    ///
    /// - Parameter duties: What this process has in common with others over the same store; nil where it is alone.
    public init(
        database: any Database, solana: SolanaReader, xrpl: XRPLReader,
        settings: GateSettings = GateSettings(), duties: (any SharedDuties)? = nil
    ) {
        self.database = database
        self.settings = settings
        duty = duties.map { KeptDuty("gates", $0, periodMilliseconds: settings.sweepMilliseconds) }
        self.solana = solana
        self.xrpl = xrpl
        cache = ReadingCache(milliseconds: settings.cacheMilliseconds) {
            $0.asset.isXRPL
                ? await xrpl.read($0, $1, hint: $2) : await solana.read($0, $1, hint: $2)
        }
        keeper = GateKeeper(cache)
        mints = FactBook(milliseconds: settings.cacheMilliseconds)
        store = GateRepository(database: database)
    }

    /// Takes of what a person may cause chains to be asked.
    ///
    /// - Throws: ``ClientError`` where they have caused too much.
    func charge(_ questions: Int, to principal: Principal) throws(ClientError) {
        guard questions > 0 else { return }
        let excess = limiter.excess(
            "questions \(principal.tenant) \(principal.user)", RateQuota(settings.questions, per: 60_000),
            cost: questions, now: MonotonicClock.milliseconds())
        if let excess {
            throw .beyond(excess, "questions", "Too much of what you do here asks a chain. Wait a while.")
        }
    }

    /// Milliseconds after which chains can be asked about assets again, within what people wait.
    func pause(for assets: [Asset], _ priority: RequestPriority) -> Int64 {
        let waits = assets.map { reader(of: $0).wait(priority) ?? 15_000 }
        return min(max(waits.max() ?? 5000, 1000), 15_000)
    }

    /// Whether there is such an account on the XRP Ledger; that there is none is remembered for a while.
    func isAccount(_ issuer: XRPLAddress) async throws(UnknownReason) -> Bool {
        guard !issuers.isAbsent(issuer) else { return false }
        let isAccount = try await xrpl.isAccount(issuer)
        if !isAccount { issuers.note(issuer) }
        return isAccount
    }

    func count(_ change: (inout GateFigures) -> Void) { counts.withLock { change(&$0) } }

    /// What happened since the start.
    public var figures: GateFigures {
        var figures = counts.withLock { $0 }
        (figures.leases, figures.solana, figures.xrpl) = (book.count, solana.figures, xrpl.figures)
        figures.sweeps = duty?.isHeld ?? true
        return figures
    }

    /// Tells of accounts that change, where one is configured.
    var feed: AccountFeed? { feedSlot.withLock { $0 } }

    /// Has the accounts of those behind gates watched from now on.
    public func follow(_ feed: AccountFeed) { feedSlot.withLock { $0 = feed } }

    /// Lets another process sweep from now on, since this one is about to end.
    public func resign() async { await duty?.layDown() }

    /// Who reads an asset.
    func reader(of asset: Asset) -> any ChainReader { asset.isXRPL ? xrpl : solana }

    /// The wallets of a person.
    func wallets(of user: String, tenant: String) async throws(StorageError) -> [Wallet] {
        let wallets = try await WalletRepository(database: database, tenant: tenant).wallets(of: user)
        return wallets.compactMap { Wallet(chain: $0.chain, address: $0.address) }
    }
}
