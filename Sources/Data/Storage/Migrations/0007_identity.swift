extension Migration {
    /// Service keys, each with the hashes of the texts that are good for it: several while one takes another's place.
    /// Mail addresses, each of one person, and the codes that were sent to some. People's tiers.
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
            """
            CREATE TABLE email_codes (
                tenant_id TEXT NOT NULL, address TEXT NOT NULL, hash TEXT NOT NULL, expires_at BIGINT NOT NULL,
                tries TEXT NOT NULL, kept_until BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, address)
            )\(dialect.clustered)
            """,
            "CREATE INDEX email_codes_by_end ON email_codes (kept_until)",
            """
            CREATE TABLE email_addresses (
                tenant_id TEXT NOT NULL, address TEXT NOT NULL, user_id TEXT NOT NULL, user_name TEXT NOT NULL,
                linked_at BIGINT NOT NULL, used_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, address)
            )\(dialect.clustered)
            """,
            "CREATE INDEX email_addresses_by_user ON email_addresses (tenant_id, user_id)",
            """
            CREATE TABLE tiers (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, tier TEXT NOT NULL, at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, user_id)
            )\(dialect.clustered)
            """,
        ]
    }
}
