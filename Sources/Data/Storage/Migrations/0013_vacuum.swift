extension Migration {
    /// PostgreSQL takes up the space of what was deleted, and notes which pages all may read, after a fiftieth of a
    /// table has changed, not after a fifth: once they are old, messages go as steadily as new ones come, into the
    /// same space.
    static let vacuum = Migration(number: 13, name: "vacuum") { dialect in
        guard dialect == .postgres else { return [] }
        return ["events", "message_keys", "mentions"].map { table in
            """
            ALTER TABLE \(table) SET (autovacuum_vacuum_scale_factor = 0.02,
                autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05)
            """
        }
    }
}
