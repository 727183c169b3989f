/// One step of the schema, from the one before it.
///
/// Steps are additive by rule, since programs of the version before go on, and start again, while others already are
/// of the next one: new tables, new columns with a default, new indexes. What a program does not know it neither reads
/// nor names, so it does no harm; and of what it knows it must find only what it understands.
package struct Migration: Sendable {
    /// Its number; they only rise.
    let number: Int
    /// What it brings.
    let name: String
    /// The oldest schema whose programs may still run against this one; nil for an additive step, which shuts nobody
    /// out.
    let oldest: Int?
    /// Its statements in a driver's SQL.
    let statements: @Sendable (Dialect) -> [String]

    /// A step.
    package init(
        number: Int, name: String, oldest: Int? = nil, statements: @escaping @Sendable (Dialect) -> [String]
    ) {
        self.number = number
        self.name = name
        self.oldest = oldest
        self.statements = statements
    }
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
