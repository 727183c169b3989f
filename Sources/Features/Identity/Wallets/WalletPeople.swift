public import Bytes
public import PubSub
public import Storage

/// People and their wallets: who a wallet signs in, and how a person gets and loses one.
///
/// A wallet that nobody has makes a new person, whose id begins with ``prefix`` and whose name is the address's two
/// ends. A person of another site's tokens may link wallets too, to show what they hold; but such a wallet signs nobody
/// in, since their site may have shut them out meanwhile.
public struct WalletPeople: Sendable {
    /// What the ids of people begin with whom a wallet has made.
    public static let prefix = "wallet_"

    /// The prefixes of those whom the server itself makes and signs in.
    static let ownPrefixes = [prefix, "email_"]

    /// Challenges and proofs.
    public let signIn: WalletSignIn
    private let database: any Database
    private let signIns: SignInService
    private let limiter: SharedLimiter
    private let quota: RateQuota

    /// People over their store.
    ///
    /// - Parameters:
    ///   - limit: How often one person may sign in in a quarter of an hour; 0 for no limit.
    ///   - rates: What the processes count together; nil where this one serves alone.
    public init(
        signIn: WalletSignIn, database: any Database, signIns: SignInService, limit: Int,
        rates: (any SharedRates)? = nil
    ) {
        limiter = SharedLimiter("sign-ins", rates)
        quota = .quarterHour(limit)
        self.signIn = signIn
        self.database = database
        self.signIns = signIns
    }

    /// Signs in whoever has the wallet.
    ///
    /// - Throws: ``WalletRefusal``.
    public func signIn(
        _ proof: WalletProof, by visitor: WalletVisitor, now: Timestamp = .now()
    ) async throws(WalletRefusal) -> SignInService.Issued {
        try await check(proof, for: .signIn, by: visitor, now: now)
        try checkBan(proof, visitor, now)
        let newcomer = WalletRecord(
            chain: proof.chain.rawValue, address: proof.address,
            user: WalletPeople.prefix + Identifier.uuid(now: now),
            userName: WalletPeople.name(of: proof.address), at: now)
        let wallets = wallets(visitor)
        let wallet = try await stored { () async throws(StorageError) in
            try await wallets.signIn(newcomer)
        }
        guard WalletPeople.isOwn(wallet.user) else { throw .elsewhere }
        // Counted behind the proof: a stranger cannot lock anybody out.
        let excess = await limiter.excess("\(visitor.tenant) \(wallet.user)", quota, now: now.milliseconds)
        if let excess { throw .tooOften(excess) }
        let person = PersonKey(tenant: visitor.tenant, user: wallet.user)
        do throws(SignInService.Refusal) {
            return try await signIns.begin(person, name: wallet.userName, now: now)
        } catch {
            throw .noTokens(error)
        }
    }

    /// Makes the wallet the visitor's.
    ///
    /// - Parameter name: The visitor's name, which the wallet's sign-ins will give them.
    /// - Returns: The wallet, and whether it was not theirs before.
    /// - Throws: ``WalletRefusal``.
    public func link(
        _ proof: WalletProof, name: String, by visitor: WalletVisitor, now: Timestamp = .now()
    ) async throws(WalletRefusal) -> (wallet: WalletRecord, isNew: Bool) {
        guard let user = visitor.person else { throw .proof(.purpose) }
        try await check(proof, for: .link, by: visitor, now: now)
        try checkBan(proof, visitor, now)
        let record = WalletRecord(
            chain: proof.chain.rawValue, address: proof.address, user: user, userName: name, at: now)
        let (wallets, limit) = (wallets(visitor), signIn.settings.walletsPerPerson)
        let outcome = try await stored { () async throws(StorageError) in
            try await wallets.link(record, limit: limit)
        }
        switch outcome {
        case .linked(let wallet, let isNew): return (wallet, isNew)
        case .taken: throw .taken
        case .tooMany: throw .tooMany
        }
    }

    /// Takes a wallet from the visitor, who proves that they have that one or another of theirs: one that is lost can
    /// be taken off too.
    ///
    /// - Throws: ``WalletRefusal``.
    public func unlink(
        chain: WalletChain, address: String, _ proof: WalletProof, by visitor: WalletVisitor,
        now: Timestamp = .now()
    ) async throws(WalletRefusal) {
        guard let user = visitor.person else { throw .proof(.purpose) }
        try await check(proof, for: .unlink, by: visitor, now: now)
        guard
            try await list(of: user, tenant: visitor.tenant).contains(where: {
                $0.chain == proof.chain.rawValue && $0.address == proof.address
            })
        else { throw .notTheirs }
        let wallets = wallets(visitor)
        let outcome = try await stored { () async throws(StorageError) in
            try await wallets.unlink(
                chain: chain.rawValue, address: address, from: user, keepsLast: WalletPeople.isOwn(user))
        }
        switch outcome {
        case .unlinked: return
        case .unknown: throw .notTheirs
        case .last: throw .last
        }
    }

    /// A person's wallets, the oldest first.
    ///
    /// - Throws: ``WalletRefusal/store(_:)``.
    public func list(of user: String, tenant: String) async throws(WalletRefusal) -> [WalletRecord] {
        let wallets = WalletRepository(database: database, tenant: tenant)
        return try await stored { () async throws(StorageError) in try await wallets.wallets(of: user) }
    }

    /// Whether the server itself signs a person in.
    static func isOwn(_ user: String) -> Bool { ownPrefixes.contains { user.hasPrefix($0) } }

    /// A name for who has not said theirs: the two ends of the address.
    static func name(of address: String) -> String { "\(address.prefix(4))…\(address.suffix(4))" }

    private func wallets(_ visitor: WalletVisitor) -> WalletRepository {
        WalletRepository(database: database, tenant: visitor.tenant)
    }

    /// Behind the proof: whether a wallet is banned is told to who has it.
    private func checkBan(
        _ proof: WalletProof, _ visitor: WalletVisitor, _ now: Timestamp
    ) throws(WalletRefusal) {
        let wallet = WalletKey(tenant: visitor.tenant, chain: proof.chain.rawValue, address: proof.address)
        guard signIns.isBanned(wallet, now: now) else { return }
        throw .noTokens(.token(.banned))
    }

    private func check(
        _ proof: WalletProof, for purpose: WalletPurpose, by visitor: WalletVisitor, now: Timestamp
    ) async throws(WalletRefusal) {
        do throws(WalletError) {
            try await signIn.check(proof, for: purpose, by: visitor, now: now)
        } catch {
            throw .proof(error)
        }
    }

    private func stored<R>(
        _ body: () async throws(StorageError) -> R
    ) async throws(WalletRefusal) -> R {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .store(error)
        }
    }
}
