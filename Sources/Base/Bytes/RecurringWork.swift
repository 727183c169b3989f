import Synchronization

/// Work in the background that has its turn whenever it is woken, and every so often without that.
public final class RecurringWork: Sendable {
    // Wakes that come while a turn runs are one.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Work that has not begun.
    public init() {}

    /// Has a turn come now. May be called from any thread, also before the work begins.
    public func wake() { wakes.continuation.yield() }

    /// Begins in a task of its own, until ``stop()``.
    ///
    /// - Parameter body: Calls ``run(every:_:)`` once.
    public func start(_ body: @escaping @Sendable () async -> Void) {
        let running = Task { await body() }
        task.withLock { $0 = running }
    }

    /// Ends behind the turn at hand.
    public func stop() async {
        let running = task.withLock { $0 }
        running?.cancel()
        wakes.continuation.finish()
        await running?.value
    }

    /// Has a turn at once, at each wake and after each pause, one after the other; ends with its task.
    ///
    /// - Parameter pause: Asked for anew before each pause.
    public func run(
        every pause: @autoclosure @escaping @Sendable () -> Duration, _ turn: () async -> Void
    ) async {
        let ticks = Task { [wakes] in
            while !Task.isCancelled {
                wakes.continuation.yield()
                try? await Task.sleep(for: pause())
            }
        }
        defer { ticks.cancel() }
        for await _ in wakes.stream {
            if Task.isCancelled { return }
            await turn()
        }
    }
}
