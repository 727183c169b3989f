public import Gates
import Identity
public import Storage
import Synchronization

/// What judging people at gates needs; all of it may be used on any thread.
public final class RoomGates: Sendable {
    /// Bounds and times.
    public let settings: GateSettings
    let reader: SolanaReader
    let cache: ReadingCache
    let keeper: GateKeeper
    let store: GateRepository
    let mints: MintBook
    let book = LeaseBook()
    let watched = WatchBook()
    let turn = SweepTurn()
    /// Counts those who have their holdings read anew.
    let limiter: SignInLimiter
    /// Whether there is a node to be asked.
    let hasNodes: Bool
    private let feedSlot = Mutex<AccountFeed?>(nil)
    private let database: any Database

    /// Gates over a chain's reader.
    ///
    /// - Parameter hasNodes: Whether the reader has nodes; without, rooms cannot be gated by holdings.
    public init(
        database: any Database, reader: SolanaReader, hasNodes: Bool, settings: GateSettings = GateSettings()
    ) {
        self.database = database
        self.settings = settings
        self.reader = reader
        self.hasNodes = hasNodes
        cache = ReadingCache(milliseconds: settings.cacheMilliseconds) { await reader.read($0, $1, hint: $2) }
        keeper = GateKeeper(cache)
        mints = MintBook(milliseconds: settings.cacheMilliseconds)
        store = GateRepository(database: database)
        limiter = SignInLimiter(count: settings.checks)
    }

    /// Tells of accounts that change, where one is configured.
    var feed: AccountFeed? { feedSlot.withLock { $0 } }

    /// Has the accounts of those behind gates watched from now on.
    public func follow(_ feed: AccountFeed) { feedSlot.withLock { $0 = feed } }

    /// The Solana wallets of a person.
    func wallets(of user: String, tenant: String) async throws(StorageError) -> [SolanaAddress] {
        let wallets = try await WalletRepository(database: database, tenant: tenant).wallets(of: user)
        return wallets.filter { $0.chain == "solana" }.compactMap { SolanaAddress($0.address) }
    }
}
