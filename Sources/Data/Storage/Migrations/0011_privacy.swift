extension Migration {
    /// Jobs that export or erase what is kept of a person, and the parts of exports.
    static let privacy = Migration(number: 11, name: "exports and erasures") { dialect in
        [
            """
            CREATE TABLE privacy_jobs (
                id TEXT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, kind TEXT NOT NULL,
                state TEXT NOT NULL, heir TEXT NOT NULL, step BIGINT NOT NULL, room TEXT NOT NULL, seq BIGINT NOT NULL,
                counts TEXT NOT NULL, parts BIGINT NOT NULL, attempts BIGINT NOT NULL, lease_until BIGINT NOT NULL,
                made_at BIGINT NOT NULL, ended_at BIGINT, expires_at BIGINT, receipt TEXT, hash TEXT
            )\(dialect.clustered)
            """,
            "CREATE INDEX privacy_jobs_by_state ON privacy_jobs (state, lease_until)",
            """
            CREATE TABLE privacy_parts (
                job_id TEXT NOT NULL, number BIGINT NOT NULL, body TEXT NOT NULL,
                PRIMARY KEY (job_id, number)
            )\(dialect.clustered)
            """,
        ]
    }
}
