/// One step of the schema, from the one before it.
struct Migration: Sendable {
    /// Its number: 1, 2, 3 … without holes.
    let number: Int
    /// What it brings.
    let name: String
    /// Its statements in a driver's SQL.
    let statements: @Sendable (Dialect) -> [String]
}

extension Dialect {
    /// Ends the definition of a table whose rows are stored in the order of its key: one tree instead of two, and
    /// what is read together lies together. PostgreSQL has no such thing.
    var clustered: String { self == .sqlite ? " WITHOUT ROWID" : "" }

    /// A statement that defines a table or a column, as this driver needs it.
    ///
    /// PostgreSQL compares text by its database's language unless told otherwise; places in lists are by bytes.
    func definition(_ statement: String) -> String {
        guard self == .postgres, statement.hasPrefix("CREATE TABLE") || statement.hasPrefix("ALTER TABLE")
        else {
            return statement
        }
        return statement.split(separator: " TEXT", omittingEmptySubsequences: false)
            .joined(separator: " TEXT COLLATE \"C\"")
    }
}
