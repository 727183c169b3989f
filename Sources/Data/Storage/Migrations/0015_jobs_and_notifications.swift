extension Migration {
    /// What must happen at least once, and what people are told.
    static let jobsAndNotifications = Migration(number: 15, name: "jobs and notifications") { dialect in
        [
            """
            CREATE TABLE jobs (
                id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, tenant_id TEXT NOT NULL,
                user_id TEXT NOT NULL, state TEXT NOT NULL, payload TEXT NOT NULL, result TEXT, error TEXT,
                attempts BIGINT NOT NULL, attempt_limit BIGINT NOT NULL, due_at BIGINT NOT NULL, lease TEXT NOT NULL,
                worker TEXT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT, UNIQUE (kind, key)
            )\(dialect.clustered)
            """,
            "CREATE INDEX jobs_by_due ON jobs (kind, due_at) WHERE ended_at IS NULL",
            "CREATE INDEX jobs_by_end ON jobs (state, ended_at) WHERE ended_at IS NOT NULL",
            "CREATE INDEX jobs_by_user ON jobs (tenant_id, user_id)",
            """
            CREATE TABLE notifications (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, id TEXT NOT NULL, key TEXT NOT NULL,
                kind TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, data TEXT NOT NULL,
                silent BIGINT NOT NULL, at BIGINT NOT NULL, read_at BIGINT, PRIMARY KEY (tenant_id, user_id, id),
                UNIQUE (tenant_id, user_id, key)
            )\(dialect.clustered)
            """,
            "CREATE INDEX notifications_by_time ON notifications (at)",
            """
            CREATE INDEX notifications_unread ON notifications (tenant_id, user_id, id) WHERE read_at IS NULL
            """,
            """
            CREATE TABLE preferences (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, time_zone TEXT NOT NULL, quiet_from BIGINT,
                quiet_to BIGINT, muted TEXT, at BIGINT NOT NULL, PRIMARY KEY (tenant_id, user_id)
            )\(dialect.clustered)
            """,
        ]
    }
}
