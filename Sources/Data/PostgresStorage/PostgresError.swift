import Storage

extension StorageError {
    /// What one of PostgreSQL's states (SQLSTATE) means to us.
    init(postgres state: String, _ message: String) {
        let words = "\(PostgresTarget.line(message)) (\(state))"
        switch state {
        case "53100": self = .diskFull
        case "25006", "55P03", "57014", "40001", "40P01", "55000": self = .unavailable(words)
        case "58030", "58P01": self = .inputOutput(words)
        case "XX001", "XX002": self = .corrupt(words)
        default:
            switch state.prefix(2) {
            case "23", "P0": self = .conflict(words)
            case "08", "53", "57": self = .unavailable(words)
            default: self = .statement(words)
            }
        }
    }
}

/// What an error means for the transaction and its connection.
enum PostgresCondition {
    /// As it should be; a failed statement is its own affair.
    case usable
    /// Others were in the way: the same transaction may pass when it is done again.
    case outrun
    /// The connection is gone, or its server no longer the one to write to.
    case lost
    /// The server did not answer in time.
    case silent

    /// After an error of a statement.
    init(state: String) {
        switch state {
        case "40001", "40P01": self = .outrun
        // A server that stops, or is a standby since: there is another one, or soon this one again.
        case "25006", "57P01", "57P02", "57P03", "57P05", "25P03": self = .lost
        // A prepared plan that a migration by a newer program has overtaken: a new connection has none.
        case "0A000": self = .lost
        default: self = state.hasPrefix("08") ? .lost : .usable
        }
    }

    var isGone: Bool { self == .lost || self == .silent }
}
