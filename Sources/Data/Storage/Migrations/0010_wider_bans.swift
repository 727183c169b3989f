extension Migration {
    /// Bans of wallets and of networks. A wallet's ban keeps in mind whose the wallet was, so that taking it off one's
    /// account does not help.
    static let widerBans = Migration(number: 10, name: "bans of wallets and networks") { dialect in
        [
            """
            CREATE TABLE banned_wallets (
                tenant_id TEXT NOT NULL, chain TEXT NOT NULL, address TEXT NOT NULL, user_id TEXT,
                banned_by TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, until BIGINT,
                PRIMARY KEY (tenant_id, chain, address)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE banned_networks (
                network TEXT NOT NULL PRIMARY KEY,
                banned_by TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, until BIGINT
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE room_wallet_bans (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, chain TEXT NOT NULL, address TEXT NOT NULL,
                user_id TEXT, banned_by TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, until BIGINT,
                rank SMALLINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, chain, address)
            )\(dialect.clustered)
            """,
        ]
    }
}
