extension Migration {
    /// Wallets, each of one person.
    static let wallets = Migration(number: 5, name: "wallets") { dialect in
        [
            """
            CREATE TABLE wallets (
                tenant_id TEXT NOT NULL, chain TEXT NOT NULL, address TEXT NOT NULL,
                user_id TEXT NOT NULL, user_name TEXT NOT NULL,
                linked_at BIGINT NOT NULL, used_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, chain, address)
            )\(dialect.clustered)
            """,
            "CREATE INDEX wallets_by_user ON wallets (tenant_id, user_id, linked_at)",
        ]
    }
}
