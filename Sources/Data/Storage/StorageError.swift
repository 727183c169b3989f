/// Why the store did not do what it was asked.
public enum StorageError: Error, Hashable, Sendable {
    /// A queue is full, or the store is closing. Nothing was written; the same call may succeed soon.
    case unavailable(String)
    /// The disk or the database's size limit is full. Nothing was written; it may succeed once there is room.
    case diskFull
    /// The disk or its driver failed. Nothing was written; it may succeed once that is mended.
    case inputOutput(String)
    /// Another process has this data directory open.
    case locked(String)
    /// The database was written by a later version, which older programs as this one may not use.
    case newerVersion(found: Int, supported: Int)
    /// It is there already and differs, or the change contradicts what is there.
    case conflict(String)
    /// What was named does not exist.
    case notFound(String)
    /// The file is not a database of ours, or holds what we never write.
    case corrupt(String)
    /// A statement was refused: our own mistake, or a value that the store cannot hold.
    case statement(String)

    /// Whether the same request may succeed later without being changed.
    public var isRetryable: Bool {
        switch self {
        case .unavailable, .diskFull, .inputOutput: true
        default: false
        }
    }
}

extension StorageError: CustomStringConvertible {
    /// What happened, for the log.
    public var description: String {
        switch self {
        case .unavailable(let words), .inputOutput(let words), .locked(let words), .conflict(let words),
            .corrupt(let words), .statement(let words):
            words
        case .notFound(let what): "\(what) is not there"
        case .diskFull: "the disk is full"
        case .newerVersion(let found, let supported):
            "the schema is \(found), and this program knows \(supported)"
        }
    }
}
