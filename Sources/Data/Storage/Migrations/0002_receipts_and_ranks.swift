extension Migration {
    /// Whether a room tells its members how far the others have read, and the rank of who made a ban.
    static let receiptsAndRanks = Migration(number: 2, name: "receipts and ranks") { _ in
        [
            "ALTER TABLE rooms ADD COLUMN read_receipts SMALLINT NOT NULL DEFAULT 0",
            // Of older bans the rank is not known: a moderator's, except where the owner's name is on them.
            "ALTER TABLE bans ADD COLUMN rank SMALLINT NOT NULL DEFAULT 1",
            """
            UPDATE bans SET rank = 0 WHERE EXISTS (
                SELECT 1 FROM members WHERE members.tenant_id = bans.tenant_id AND members.room_id = bans.room_id
                    AND members.user_id = bans.banned_by AND members.rank = 0)
            """,
        ]
    }
}
