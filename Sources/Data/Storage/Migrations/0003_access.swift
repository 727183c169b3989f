extension Migration {
    /// Who may not come in: tokens and sign-ins that are revoked, and people banned from the whole server.
    static let access = Migration(number: 3, name: "access") { dialect in
        [
            """
            CREATE TABLE revoked_tokens (
                issuer TEXT NOT NULL, token_id TEXT NOT NULL, expires_at BIGINT NOT NULL,
                PRIMARY KEY (issuer, token_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE revoked_people (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, before BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, user_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE banned_people (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, banned_by TEXT NOT NULL, reason TEXT,
                at BIGINT NOT NULL, until BIGINT,
                PRIMARY KEY (tenant_id, user_id)
            )\(dialect.clustered)
            """,
        ]
    }
}
