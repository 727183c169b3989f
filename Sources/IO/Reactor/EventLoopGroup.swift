/// The process' event loops, each on its own thread.
public final class EventLoopGroup: Sendable {
    /// What other threads may hold of each loop, in the loops' order.
    public let executors: [LoopExecutor]
    private let stops: [Mailbox<Void>]

    /// Prepares loops; none runs yet.
    ///
    /// - Throws: ``SystemError`` where the process has no descriptors left.
    public init(count: Int) throws(SystemError) {
        var executors: [LoopExecutor] = []
        for _ in 0..<count { executors.append(try LoopExecutor()) }
        self.executors = executors
        stops = executors.map { Mailbox(on: $0) }
    }

    /// Starts every loop on a thread of its own.
    ///
    /// - Parameter setUp: Runs first on each loop's thread: it makes the state that the loop owns.
    /// - Returns: When every loop has been set up.
    /// - Throws: What `setUp` threw on one of them; then no loop goes on.
    public func start(_ setUp: @escaping @Sendable (EventLoop) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in executors.indices {
                group.addTask {
                    try await withCheckedThrowingContinuation {
                        (continuation: CheckedContinuation<Void, any Error>) in
                        self.startThread(index, setUp, continuation)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func startThread(
        _ index: Int, _ setUp: @escaping @Sendable (EventLoop) throws -> Void,
        _ continuation: CheckedContinuation<Void, any Error>
    ) {
        let executor = executors[index]
        let stop = stops[index]
        DetachedThread.start(name: "loop-\(index)") {
            do {
                executor.adoptCurrentThread()
                let loop = try EventLoop(index: index, executor: executor)
                loop.attach(stop) { [unowned loop] _ in loop.stop() }
                try setUp(loop)
                continuation.resume()
                loop.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Ends every loop after its present turn.
    public func stop() { for stop in stops { stop.post(()) } }
}
