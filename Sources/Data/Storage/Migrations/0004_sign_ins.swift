extension Migration {
    /// Sign-ins at this server, each with the refresh tokens that it was given one after the other.
    static let signIns = Migration(number: 4, name: "sign-ins") { dialect in
        [
            """
            CREATE TABLE sign_ins (
                id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL,
                grants TEXT NOT NULL, at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT
            )\(dialect.clustered)
            """,
            "CREATE INDEX sign_ins_by_user ON sign_ins (tenant_id, user_id)",
            "CREATE INDEX sign_ins_by_end ON sign_ins (expires_at)",
            """
            CREATE TABLE refresh_tokens (
                hash TEXT NOT NULL PRIMARY KEY, sign_in_id TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT
            )\(dialect.clustered)
            """,
            "CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at)",
        ]
    }
}
