extension Migration {
    /// Service keys, each with the hashes of the texts that are good for it: several while one takes another's place.
    static let identity = Migration(number: 7, name: "identity") { dialect in
        [
            """
            CREATE TABLE service_keys (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
                made_by TEXT NOT NULL, made_at BIGINT NOT NULL, expires_at BIGINT, used_at BIGINT,
                PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE service_key_hashes (
                hash TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, key_id TEXT NOT NULL,
                made_at BIGINT NOT NULL, ends_at BIGINT
            )\(dialect.clustered)
            """,
            "CREATE INDEX service_key_hashes_by_key ON service_key_hashes (tenant_id, key_id)",
        ]
    }
}
