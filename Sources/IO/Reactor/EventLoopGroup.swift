import CLinux
import Glibc

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
        LoopThread.start(name: "loop-\(index)") {
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

/// A thread of our own, for what may block or must own a processor.
public enum LoopThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a detached thread.
    ///
    /// - Parameter name: At most 15 characters are shown by the system's tools.
    public static func start(name: String, _ run: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, 2 << 20)
        defer { unsafe pthread_attr_destroy(&attributes) }
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                unsafe body.name.withCString { unsafe stoa_name_thread($0) }
                body.run()
                return nil
            }, body.toOpaque())
        precondition(result == 0, "pthread_create: \(SystemError.words(result))")
    }
}
