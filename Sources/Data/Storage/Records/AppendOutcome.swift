public import Bytes

/// What became of an act.
public enum AppendOutcome: Sendable, Hashable {
    /// It is durable and has this event.
    case appended(StoredEvent)
    /// The same sender already sent this client id: the first one's position.
    case duplicate(seq: Int64, messageID: String, at: Timestamp)
    /// Nothing to change (the reaction is there, the message is pinned already, …); the room's newest seq.
    case unchanged(seq: Int64)
    /// The room's state forbids it; trying again will not help.
    case refused(AppendRefusal)
    /// The store failed; nothing was written.
    case failed(StorageError)

    var isDuplicate: Bool {
        if case .duplicate = self { true } else { false }
    }
}
