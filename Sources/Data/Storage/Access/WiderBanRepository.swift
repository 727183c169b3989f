public import Bytes

/// Wallets and networks that may not come in.
public struct WiderBanRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Wallets

    /// The bans of wallets that hold.
    public func wallets(at now: Timestamp = .now()) async throws(StorageError) -> [WalletBan] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT tenant_id, chain, address, user_id, banned_by, reason, at, until FROM banned_wallets
                    WHERE until IS NULL OR until > $1 ORDER BY tenant_id, chain, address
                """, [.integer(now.milliseconds)]
            ).decode { (columns) throws(StorageError) in
                let wallet = WalletKey(
                    tenant: try columns.text(), chain: try columns.text(), address: try columns.text())
                return WalletBan(
                    wallet: wallet, user: try columns.optionalText(), terms: try BanTerms(&columns))
            }
        }
    }

    /// Bans a wallet, in place of an earlier ban.
    ///
    /// - Returns: The ban, with the person whose the wallet is, or was when it was first banned.
    public func ban(_ wallet: WalletKey, _ terms: BanTerms) async throws(StorageError) -> WalletBan {
        try await database.write { (transaction) async throws(StorageError) in
            let key: [DatabaseValue] = [.text(wallet.tenant), .text(wallet.chain), .text(wallet.address)]
            let rows = try await transaction.query(
                """
                INSERT INTO banned_wallets (tenant_id, chain, address, banned_by, reason, at, until, user_id)
                VALUES ($1, $2, $3, $4, $5, $6, $7,
                    (SELECT user_id FROM wallets WHERE tenant_id = $1 AND chain = $2 AND address = $3))
                ON CONFLICT (tenant_id, chain, address) DO UPDATE SET banned_by = excluded.banned_by,
                    reason = excluded.reason, at = excluded.at, until = excluded.until,
                    user_id = COALESCE(excluded.user_id, banned_wallets.user_id)
                RETURNING user_id
                """, key + terms.values)
            var columns = rows.first?.columns
            return WalletBan(wallet: wallet, user: try columns?.optionalText(), terms: terms)
        }
    }

    /// Lifts a wallet's ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(_ wallet: WalletKey) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                "DELETE FROM banned_wallets WHERE tenant_id = $1 AND chain = $2 AND address = $3 RETURNING at",
                [.text(wallet.tenant), .text(wallet.chain), .text(wallet.address)])
            guard row != nil else { throw .notFound("a ban of this wallet") }
        }
    }

    // MARK: Networks

    /// The bans of networks that hold.
    public func networks(at now: Timestamp = .now()) async throws(StorageError) -> [NetworkBan] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT network, banned_by, reason, at, until FROM banned_networks
                    WHERE until IS NULL OR until > $1 ORDER BY network
                """, [.integer(now.milliseconds)]
            ).decode { (columns) throws(StorageError) in
                NetworkBan(network: try columns.text(), terms: try BanTerms(&columns))
            }
        }
    }

    /// Bans a network, in place of an earlier ban.
    public func ban(_ ban: NetworkBan) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO banned_networks (network, banned_by, reason, at, until) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (network) DO UPDATE SET banned_by = excluded.banned_by, reason = excluded.reason,
                    at = excluded.at, until = excluded.until
                """, [.text(ban.network)] + ban.terms.values)
        }
    }

    /// Lifts a network's ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(network: String) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                "DELETE FROM banned_networks WHERE network = $1 RETURNING at", [.text(network)])
            guard row != nil else { throw .notFound("a ban of this network") }
        }
    }
}
