public import PubSub
public import Reactor

/// Shared slots in Redis, for callers on any thread, over the broker of one loop.
public final class RedisSlots: SharedSlots {
    private enum Request: Sendable {
        case put(String, [UInt8], milliseconds: Int64, CheckedContinuation<Bool, Never>)
        case value(String, CheckedContinuation<[UInt8]?, Never>)
        case take(String, CheckedContinuation<Bool, Never>)
    }

    private let mailbox: Mailbox<Request>

    /// Slots that wait for ``attach(to:_:)``.
    ///
    /// - Parameter executor: The loop whose broker is used.
    public init(on executor: LoopExecutor) { mailbox = Mailbox(on: executor) }

    /// Begins to answer; on the loop's thread.
    public func attach(to loop: EventLoop, _ broker: RedisBroker) {
        loop.attach(mailbox) { mail in for request in mail { RedisSlots.perform(request, broker) } }
    }

    private static func perform(_ request: Request, _ broker: RedisBroker) {
        switch request {
        case .put(let name, let value, let milliseconds, let continuation):
            broker.places.send(
                ["SET", key(name, broker), .bytes(value), "PX", .integer(max(1, milliseconds))],
                at: .once(name)
            ) { continuation.resume(returning: $0 == .success(.bytes(Array("OK".utf8)))) }
        case .value(let name, let continuation):
            broker.places.send(["GET", key(name, broker)], at: .once(name)) { result in
                guard case .success(.bytes(let value)) = result else {
                    return continuation.resume(returning: nil)
                }
                continuation.resume(returning: value)
            }
        case .take(let name, let continuation):
            broker.places.send(["DEL", key(name, broker)], at: .once(name)) {
                continuation.resume(returning: $0 == .success(.integer(1)))
            }
        }
    }

    private static func key(_ name: String, _ broker: RedisBroker) -> RedisArgument {
        .text(broker.places.keys.once(name))
    }

    /// Keeps a value for so many milliseconds.
    public func put(_ name: String, _ value: [UInt8], milliseconds: Int64) async -> Bool {
        await withCheckedContinuation { mailbox.post(.put(name, value, milliseconds: milliseconds, $0)) }
    }

    /// A value that is kept.
    public func value(_ name: String) async -> [UInt8]? {
        await withCheckedContinuation { mailbox.post(.value(name, $0)) }
    }

    /// Takes a value away: of all who try, one hears true.
    public func take(_ name: String) async -> Bool {
        await withCheckedContinuation { mailbox.post(.take(name, $0)) }
    }
}
