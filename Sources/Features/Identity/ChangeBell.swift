import Synchronization

/// Rings when a table that is kept in memory has been changed here, for those who keep it too.
public final class ChangeBell: Sendable {
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    /// A bell that nobody hears.
    public init() {}

    /// Says who hears it.
    public func onRing(_ listener: @escaping @Sendable () -> Void) {
        self.listener.withLock { $0 = listener }
    }

    /// The store has it, and so does the memory of this process.
    public func ring() { listener.withLock { $0 }?() }
}
