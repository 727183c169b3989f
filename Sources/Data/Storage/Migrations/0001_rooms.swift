extension Migration {
    /// Rooms, their events, their people.
    static let rooms = Migration(number: 1, name: "rooms") { dialect in
        roomTables(dialect) + eventTables(dialect) + reactionTables(dialect) + peopleTables(dialect)
            + moderationTables(dialect)
    }

    private static func roomTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE rooms (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL,
                name TEXT NOT NULL, description TEXT NOT NULL, creator_id TEXT NOT NULL, type TEXT NOT NULL,
                access_token_mint TEXT, access_token_min_amount TEXT, access_nft_collection TEXT,
                max_participants BIGINT NOT NULL, locked SMALLINT NOT NULL, slow_mode_ms BIGINT NOT NULL,
                active SMALLINT NOT NULL, retention_days BIGINT,
                epoch TEXT NOT NULL, seq BIGINT NOT NULL, floor BIGINT NOT NULL, key_floor BIGINT NOT NULL,
                created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, search_key TEXT NOT NULL,
                PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX rooms_by_age ON rooms (tenant_id, created_at, id)",
        ]
    }

    // kind: 0 message, 1 updated, 2 deleted, 3 pinned or unpinned (flag), 4 reaction (flag, emoji, count).
    // A message's row is its event and carries its present state too; `original` and `original_mentions` are what
    // it said before its first edit. `thread_seq` is the seq of the message that its thread began with.
    private static func eventTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE events (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, seq BIGINT NOT NULL,
                kind SMALLINT NOT NULL, at BIGINT NOT NULL,
                actor_id TEXT NOT NULL, actor_name TEXT NOT NULL, actor_bot SMALLINT NOT NULL,
                message_id TEXT NOT NULL,
                deleted SMALLINT NOT NULL DEFAULT 0, pinned SMALLINT NOT NULL DEFAULT 0,
                reply_count BIGINT NOT NULL DEFAULT 0, emoji_count BIGINT NOT NULL DEFAULT 0,
                message_type TEXT, content TEXT, mentions TEXT, reply_to TEXT, thread_seq BIGINT, client_id TEXT,
                document_id TEXT, highlight TEXT, edited_at BIGINT, original TEXT, original_mentions TEXT,
                emoji TEXT, flag SMALLINT, count BIGINT,
                PRIMARY KEY (tenant_id, room_id, seq)
            )\(dialect.clustered)
            """,
            // Pages of messages and unread counts: neither touches the other kinds of events. (`kind` and `pinned`
            // are in their indexes so that SQLite's planner prefers these to the key.)
            """
            CREATE INDEX events_messages ON events (tenant_id, room_id, kind, seq, deleted, actor_id) WHERE kind = 0
            """,
            // A message by its id, and the edits whose text must go with it.
            "CREATE INDEX events_by_message ON events (tenant_id, message_id, kind) WHERE kind <= 1",
            """
            CREATE INDEX events_threads ON events (tenant_id, room_id, thread_seq, seq) WHERE thread_seq IS NOT NULL
            """,
            "CREATE INDEX events_pinned ON events (tenant_id, room_id, pinned, seq) WHERE pinned = 1",
            """
            CREATE TABLE message_keys (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, author_id TEXT NOT NULL, client_id TEXT NOT NULL,
                seq BIGINT NOT NULL, message_id TEXT NOT NULL, at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, author_id, client_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE mentions (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, room_id TEXT NOT NULL, seq BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, user_id, room_id, seq)
            )\(dialect.clustered)
            """,
        ]
    }

    private static func reactionTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE reactions (
                tenant_id TEXT NOT NULL, message_id TEXT NOT NULL, emoji TEXT NOT NULL, user_id TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, message_id, emoji, user_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE reaction_counts (
                tenant_id TEXT NOT NULL, message_id TEXT NOT NULL, emoji TEXT NOT NULL,
                count BIGINT NOT NULL, first_seq BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, message_id, emoji)
            )\(dialect.clustered)
            """,
        ]
    }

    private static func peopleTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE members (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, user_id TEXT NOT NULL,
                name TEXT NOT NULL, name_key TEXT NOT NULL, rank SMALLINT NOT NULL,
                joined_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, user_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX members_by_rank ON members (tenant_id, room_id, rank, user_id)",
            "CREATE INDEX members_by_name ON members (tenant_id, room_id, name_key)",
            "CREATE INDEX members_by_user ON members (tenant_id, user_id, joined_at, room_id)",
            """
            CREATE TABLE read_markers (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, user_id TEXT NOT NULL, seq BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, user_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE hidden_people (
                tenant_id TEXT NOT NULL, user_id TEXT NOT NULL, hidden_id TEXT NOT NULL,
                PRIMARY KEY (tenant_id, user_id, hidden_id)
            )\(dialect.clustered)
            """,
        ]
    }

    private static func moderationTables(_ dialect: Dialect) -> [String] {
        [
            """
            CREATE TABLE bans (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, user_id TEXT NOT NULL,
                banned_by TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, until BIGINT,
                PRIMARY KEY (tenant_id, room_id, user_id)
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE invitations (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, id TEXT NOT NULL,
                code_hash TEXT, user_id TEXT, invited_by TEXT NOT NULL, at BIGINT NOT NULL, expires_at BIGINT,
                PRIMARY KEY (tenant_id, room_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX invitations_by_code ON invitations (tenant_id, code_hash) WHERE code_hash IS NOT NULL",
            """
            CREATE TABLE invited (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, user_id TEXT NOT NULL,
                invitation_id TEXT NOT NULL, expires_at BIGINT,
                PRIMARY KEY (tenant_id, room_id, user_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX invited_by_user ON invited (tenant_id, user_id, room_id)",
            """
            CREATE TABLE reports (
                tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, message_id TEXT NOT NULL, reporter_id TEXT NOT NULL,
                id TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL,
                PRIMARY KEY (tenant_id, room_id, message_id, reporter_id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX reports_by_id ON reports (tenant_id, room_id, id)",
            """
            CREATE TABLE audit (
                tenant_id TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, actor_id TEXT NOT NULL,
                action TEXT NOT NULL, room_id TEXT, target TEXT, details TEXT,
                PRIMARY KEY (tenant_id, id)
            )\(dialect.clustered)
            """,
            "CREATE INDEX audit_by_room ON audit (tenant_id, room_id, id)",
        ]
    }
}
