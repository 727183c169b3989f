extension Migration {
    /// Rooms whose members may ask for receipts.
    static let receipts = Migration(number: 12, name: "receipts") { _ in
        ["ALTER TABLE rooms ADD COLUMN receipts SMALLINT NOT NULL DEFAULT 0"]
    }
}
