import Synchronization

/// Whether the server takes work, for `/health/ready`.
public final class Readiness: Sendable {
    private let ready = Atomic<Bool>(true)

    /// Whether it does.
    public var isReady: Bool { ready.load(ordering: .relaxed) }

    /// It does not any more: it is going away.
    public func end() { ready.store(false, ordering: .relaxed) }
}
