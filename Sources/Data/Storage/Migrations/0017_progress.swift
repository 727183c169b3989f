extension Migration {
    /// Achievements, and how far people are with them; the ledger of experience, which only grows.
    static let progress = Migration(number: 17, name: "progress") { dialect in
        achievementTables(dialect) + ledgerTables(dialect) + sourceTables(dialect)
    }

    // `version` rises with each commit that reads and writes any of this: whoever has read an older one reads again.
    private static func achievementTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE progress_clock (
                name TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, catalogue BIGINT NOT NULL,
                ledger BIGINT NOT NULL, joined_at BIGINT NOT NULL, erasures BIGINT NOT NULL
            )\(dialect.clustered)
            """,
            """
            INSERT INTO progress_clock (name, version, catalogue, ledger, joined_at, erasures)
            VALUES ('clock', 0, 0, 0, 0, 0)
            """,
            """
            CREATE TABLE achievements (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, active SMALLINT NOT NULL,
                name TEXT NOT NULL, description TEXT NOT NULL, xp BIGINT NOT NULL, rarity TEXT NOT NULL,
                rule TEXT NOT NULL, mint TEXT, at BIGINT NOT NULL, deleted SMALLINT NOT NULL DEFAULT 0,
                PRIMARY KEY (tenant_id, id, version)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE progress_people (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, xp BIGINT NOT NULL,
                streak_days BIGINT NOT NULL, streak_at BIGINT, streak_day BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, user_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE progress_parts (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, achievement_id TEXT NOT NULL,
                version BIGINT NOT NULL, state TEXT NOT NULL,
                PRIMARY KEY (tenant_id, user_id, achievement_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE earned_achievements (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, achievement_id TEXT NOT NULL,
                version BIGINT NOT NULL, at BIGINT NOT NULL, xp BIGINT NOT NULL, room_id TEXT, mint TEXT,
                PRIMARY KEY (tenant_id, user_id, achievement_id)
            )\(dialect.clustered)
            """,
        ]
    }

    // `xp_boards` is the ledger's sums: by person over all time (board ""), by month ("2026-11") and by room ("room:…").
    private static func ledgerTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE xp_ledger (
                seq BIGINT NOT NULL PRIMARY KEY, tenant_id TEXT NOT NULL, user_id TEXT NOT NULL,
                amount BIGINT NOT NULL, reason TEXT NOT NULL, key TEXT NOT NULL, room_id TEXT, at BIGINT NOT NULL
            )\(dialect.clustered)
            """,
            "CREATE UNIQUE INDEX xp_ledger_by_key ON xp_ledger (tenant_id, user_id, key)",
            """
            CREATE TABLE xp_boards (
                tenant_id TEXT NOT NULL, board TEXT NOT NULL, user_id TEXT NOT NULL, xp BIGINT NOT NULL,
                since BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, board, user_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX xp_boards_by_user ON xp_boards (tenant_id, user_id)",
        ]
    }

    // Where events come from: the API's own, and positions in rooms.
    private static func sourceTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE progress_events (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT NOT NULL, kind TEXT NOT NULL,
                room_id TEXT, at BIGINT NOT NULL, data TEXT NOT NULL,
                PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX progress_events_by_user ON progress_events (tenant_id, user_id)",
            "CREATE INDEX progress_events_by_time ON progress_events (tenant_id, at, id)",
            """
            CREATE TABLE progress_positions (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, seq BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id)
            )\(dialect.clustered)
            """,
            "ALTER TABLE rooms ADD COLUMN announce_achievements SMALLINT NOT NULL DEFAULT 0",
            "CREATE INDEX members_by_time ON members (tenant_id, joined_at, room_id, user_id)",
        ]
    }
}
