public import Gates
import Identity
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
    let mints: MintBook
    let book = LeaseBook()
    let watched = WatchBook()
    let turn = SweepTurn()
    /// Counts those who have their holdings read anew.
    let limiter = RateLimiter()
    private let counts = Mutex(GateFigures())
    private let feedSlot = Mutex<AccountFeed?>(nil)
    private let database: any Database

    /// Gates over the chains' readers; by what one without nodes would have to read no room can be gated.
    public init(
        database: any Database, solana: SolanaReader, xrpl: XRPLReader,
        settings: GateSettings = GateSettings()
    ) {
        self.database = database
        self.settings = settings
        self.solana = solana
        self.xrpl = xrpl
        cache = ReadingCache(milliseconds: settings.cacheMilliseconds) {
            $0.asset.isXRPL
                ? await xrpl.read($0, $1, hint: $2) : await solana.read($0, $1, hint: $2)
        }
        keeper = GateKeeper(cache)
        mints = MintBook(milliseconds: settings.cacheMilliseconds)
        store = GateRepository(database: database)
    }

    func count(_ change: (inout GateFigures) -> Void) { counts.withLock { change(&$0) } }

    /// What happened since the start.
    public var figures: GateFigures {
        var figures = counts.withLock { $0 }
        (figures.leases, figures.solana, figures.xrpl) = (book.count, solana.figures, xrpl.figures)
        return figures
    }

    /// Tells of accounts that change, where one is configured.
    var feed: AccountFeed? { feedSlot.withLock { $0 } }

    /// Has the accounts of those behind gates watched from now on.
    public func follow(_ feed: AccountFeed) { feedSlot.withLock { $0 = feed } }

    /// Who reads an asset.
    func reader(of asset: Asset) -> any ChainReader { asset.isXRPL ? xrpl : solana }

    /// The wallets of a person.
    func wallets(of user: String, tenant: String) async throws(StorageError) -> [Wallet] {
        let wallets = try await WalletRepository(database: database, tenant: tenant).wallets(of: user)
        return wallets.compactMap { Wallet(chain: $0.chain, address: $0.address) }
    }
}
