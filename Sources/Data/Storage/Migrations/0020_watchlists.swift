extension Migration {
    /// Which symbols people watch.
    static let watchlists = Migration(number: 20, name: "watchlists") { dialect in
        [
            """
            CREATE TABLE watchlists (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, symbols TEXT,
                version BIGINT NOT NULL, created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX watchlists_by_owner ON watchlists (tenant_id, user_id, id)",
        ]
    }
}
