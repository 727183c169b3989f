public import PubSub
public import Reactor

/// Shared rates in Redis, for callers on any thread, over the broker of one loop.
public final class RedisRates: SharedRates {
    private enum Request: Sendable {
        case take(
            String, count: Int64, milliseconds: Int64, cost: Int64,
            CheckedContinuation<SharedVerdict?, Never>)
        case forget(String, CheckedContinuation<Bool, Never>)
    }

    private let mailbox: Mailbox<Request>

    /// Rates that wait for ``attach(to:_:)``.
    ///
    /// - Parameter executor: The loop whose broker is used.
    public init(on executor: LoopExecutor) { mailbox = Mailbox(on: executor) }

    /// Begins to answer; on the loop's thread.
    public func attach(to loop: EventLoop, _ broker: RedisBroker) {
        loop.attach(mailbox) { mail in for request in mail { RedisRates.perform(request, broker) } }
    }

    private static func perform(_ request: Request, _ broker: RedisBroker) {
        let places = broker.places
        switch request {
        case .take(let name, let count, let milliseconds, let cost, let continuation):
            places.run(
                .takeRate, keys: [places.keys.rate(name)],
                [.integer(count), .integer(milliseconds), .integer(cost)], at: .rate(name)
            ) { continuation.resume(returning: verdict($0)) }
        case .forget(let name, let continuation):
            places.send(["DEL", .text(places.keys.rate(name))], at: .rate(name)) {
                continuation.resume(returning: $0 == .success(.integer(1)))
            }
        }
    }

    private static func verdict(_ result: Result<RedisReply, RedisError>) -> SharedVerdict? {
        guard case .success(let reply) = result, let numbers = reply.members?.compactMap(\.number),
            numbers.count == 4
        else { return nil }
        // Microseconds, rounded up: who waits as long as they are told has not waited in vain.
        return SharedVerdict(
            wait: (numbers[0] + 999) / 1000, remaining: numbers[1], reset: (numbers[2] + 999) / 1000)
    }

    /// Takes of a quota, by Redis' clock.
    public func take(
        _ name: String, count: Int64, milliseconds: Int64, cost: Int64
    ) async -> SharedVerdict? {
        await withCheckedContinuation {
            mailbox.post(.take(name, count: count, milliseconds: milliseconds, cost: cost, $0))
        }
    }

    /// Gives a whole quota back.
    public func forget(_ name: String) async -> Bool {
        await withCheckedContinuation { mailbox.post(.forget(name, $0)) }
    }
}
