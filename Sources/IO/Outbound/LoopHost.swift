public import Reactor

/// One event loop on its own thread for outbound connections.
public final class LoopHost: Sendable {
    private let group: EventLoopGroup
    private let mailbox: Mailbox<@Sendable (EventLoop) -> Void>

    /// The loop's executor.
    public var executor: LoopExecutor { group.executors[0] }

    /// Starts the loop.
    ///
    /// - Throws: ``SystemError`` where the process has no descriptors left.
    public init() async throws {
        group = try EventLoopGroup(count: 1)
        let mailbox = Mailbox<@Sendable (EventLoop) -> Void>(on: group.executors[0])
        self.mailbox = mailbox
        try await group.start { loop in
            loop.attach(mailbox) { [unowned loop] mail in for body in mail { body(loop) } }
        }
    }

    deinit { group.stop() }

    /// Runs something on the loop's thread.
    public func perform(_ body: @escaping @Sendable (EventLoop) -> Void) { mailbox.post(body) }
}
