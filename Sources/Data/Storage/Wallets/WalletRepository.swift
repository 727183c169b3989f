import Bytes

/// The wallets of one tenant's people: each is one person's, a person may have several.
public struct WalletRepository: Sendable {
    private let database: any Database
    private let tenant: String

    /// The wallets of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    private static let columns = "chain, address, user_id, user_name, linked_at, used_at"

    /// Notes that a wallet has signed in; one that is nobody's becomes the given person's.
    ///
    /// - Returns: The wallet with the person whose it is: the given one, or who had it before.
    public func signIn(_ wallet: WalletRecord) async throws(StorageError) -> WalletRecord {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                INSERT INTO wallets (tenant_id, \(WalletRepository.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant_id, chain, address) DO UPDATE SET used_at = excluded.used_at
                RETURNING \(WalletRepository.columns)
                """, WalletRepository.values(tenant, wallet))
            guard let row = rows.first else { throw .corrupt("a wallet is not there") }
            return try WalletRecord(row)
        }
    }

    /// Makes a wallet a person's, where it is nobody's.
    ///
    /// - Parameter limit: How many a person may have.
    public func link(_ wallet: WalletRecord, limit: Int) async throws(StorageError) -> LinkOutcome {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let owned = try await WalletRepository.lock(transaction, tenant, user: wallet.user)
            if let own = owned.first(where: { $0.chain == wallet.chain && $0.address == wallet.address }) {
                return .linked(own, isNew: false)
            }
            guard owned.count < limit else { return .tooMany }
            let rows = try await transaction.query(
                """
                INSERT INTO wallets (tenant_id, \(WalletRepository.columns)) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant_id, chain, address) DO NOTHING RETURNING \(WalletRepository.columns)
                """, WalletRepository.values(tenant, wallet))
            guard let row = rows.first else { return .taken }
            return .linked(try WalletRecord(row), isNew: true)
        }
    }

    /// Takes a wallet from a person.
    ///
    /// - Parameter keepsLast: Whether a person's only wallet stays theirs: without it they could not come back.
    public func unlink(
        chain: String, address: String, from user: String, keepsLast: Bool
    ) async throws(StorageError) -> UnlinkOutcome {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let owned = try await WalletRepository.lock(transaction, tenant, user: user)
            guard owned.contains(where: { $0.chain == chain && $0.address == address }) else {
                return .unknown
            }
            if keepsLast, owned.count == 1 { return .last }
            _ = try await transaction.query(
                "DELETE FROM wallets WHERE tenant_id = $1 AND chain = $2 AND address = $3 AND user_id = $4",
                [.text(tenant), .text(chain), .text(address), .text(user)])
            return .unlinked
        }
    }

    /// A person's wallets, the oldest first.
    public func wallets(of user: String) async throws(StorageError) -> [WalletRecord] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT \(WalletRepository.columns) FROM wallets WHERE tenant_id = $1 AND user_id = $2
                ORDER BY linked_at, chain, address
                """, [.text(tenant), .text(user)])
            return try rows.decode { (columns) throws(StorageError) in try WalletRecord(&columns) }
        }
    }

    /// A person's wallets, locked until the transaction ends where several may write at once.
    private static func lock(
        _ transaction: any Queryable, _ tenant: String, user: String
    ) async throws(StorageError) -> [WalletRecord] {
        let rows = try await transaction.query(
            """
            UPDATE wallets SET used_at = used_at WHERE tenant_id = $1 AND user_id = $2 RETURNING \(columns)
            """, [.text(tenant), .text(user)])
        return try rows.decode { (columns) throws(StorageError) in try WalletRecord(&columns) }
    }

    private static func values(_ tenant: String, _ wallet: WalletRecord) -> [DatabaseValue] {
        [
            .text(tenant), .text(wallet.chain), .text(wallet.address), .text(wallet.user),
            .text(wallet.userName), .integer(wallet.linkedAt.milliseconds),
            .integer(wallet.usedAt.milliseconds),
        ]
    }
}

extension WalletRecord {
    fileprivate init(_ row: Row) throws(StorageError) {
        var columns = row.columns
        try self.init(&columns)
    }

    fileprivate init(_ columns: inout RowReader) throws(StorageError) {
        self.init(
            chain: try columns.text(), address: try columns.text(), user: try columns.text(),
            userName: try columns.text(), linkedAt: try columns.time(), usedAt: try columns.time())
    }
}
