extension Migration {
    /// Alerts, and the log by which they are evaluated: see ``AlertRepository``.
    static let alerts = Migration(number: 18, name: "alerts") { dialect in
        [
            """
            CREATE TABLE alerts (
                id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, client_id TEXT,
                kind TEXT NOT NULL, subject TEXT NOT NULL, operator TEXT NOT NULL, value TEXT NOT NULL,
                repeat TEXT NOT NULL, cooldown BIGINT NOT NULL, note TEXT NOT NULL, active BIGINT NOT NULL,
                made_at BIGINT NOT NULL, last_triggered_at BIGINT, trigger_count BIGINT NOT NULL,
                armed_seq BIGINT NOT NULL, UNIQUE (tenant_id, user_id, client_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX alerts_by_user ON alerts (tenant_id, user_id, id)",
            "CREATE INDEX alerts_by_subject ON alerts (kind, subject) WHERE active = 1",
            """
            CREATE TABLE alert_log (
                seq BIGINT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, value TEXT, at BIGINT NOT NULL,
                alert_id TEXT
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE alert_values (
                kind TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL, seq BIGINT NOT NULL,
                PRIMARY KEY (kind, subject)
            )\(dialect.clustered)
            """,
            "CREATE TABLE alert_marks (name TEXT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL)\(dialect.clustered)",
        ]
    }
}
