public import Bytes

/// A job that is to be put into the queue.
public struct NewJob: Sendable, Hashable {
    /// What sort of work it is.
    public let kind: String
    /// What a repeat of it has in common with it, among jobs of its kind.
    public let key: String
    /// Whom it is about; nil for nobody.
    public var person: PersonKey?
    /// What the worker is told, as JSON.
    public let payload: String
    /// When it may be worked on at the earliest; nil for at once.
    public var dueAt: Timestamp?
    /// How often it is tried before it is given up.
    public var attemptLimit = 20
    /// Its id in the queue, where no repeat of it is there yet.
    public let id = Identifier.uuid()

    /// A job.
    public init(_ kind: String, key: String, payload: String, about person: PersonKey? = nil) {
        self.kind = kind
        self.key = key
        self.payload = payload
        self.person = person
    }
}
