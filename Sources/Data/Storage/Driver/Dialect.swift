/// What differs between the drivers' SQL.
public enum Dialect: Sendable {
    /// SQLite 3.35 or later (`RETURNING`).
    case sqlite
    /// PostgreSQL 13 or later.
    case postgres
}
