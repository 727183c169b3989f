/// Where the parts of the server say what has happened; whatever thread they are on, they never wait.
public final class EventDesk: Sendable {
    /// How long a room is empty before it is told, in milliseconds.
    public let vacancyMilliseconds: Int64
    private let kinds: Set<EventKind>
    private let instance: String
    private let queue: WebhookQueue

    /// A desk.
    ///
    /// - Parameters:
    ///   - kinds: What is told; the rest is not.
    ///   - instance: What this process is called.
    ///   - vacancyMilliseconds: How long a room is empty before it is told.
    public init(
        _ kinds: Set<EventKind>, instance: String, vacancyMilliseconds: Int64, queue: WebhookQueue
    ) {
        self.kinds = kinds
        self.instance = instance
        self.vacancyMilliseconds = vacancyMilliseconds
        self.queue = queue
    }

    /// Whether something of these kinds is told.
    public func tells(_ kind: EventKind) -> Bool { kinds.contains(kind) }

    /// Whether it is told which rooms have people in them.
    public var tellsOccupancy: Bool { tells(.roomOccupied) || tells(.roomVacated) }

    /// Says that something has happened; nothing where that is not told.
    public func tell(_ kind: EventKind, _ event: @autoclosure () -> ServiceEvent) {
        guard tells(kind) else { return }
        queue.add(event().encoded(instance: instance))
    }
}
