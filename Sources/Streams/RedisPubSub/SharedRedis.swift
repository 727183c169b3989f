public import PubSub
public import Reactor

/// What all processes have in common in Redis, for callers on any thread, over the broker of one loop.
public final class SharedRedis: Sendable {
    let mailbox: Mailbox<@Sendable (RedisBroker) -> Void>

    /// Slots and rates that wait for ``attach(to:_:)``.
    ///
    /// - Parameter executor: The loop whose broker is used.
    public init(on executor: LoopExecutor) { mailbox = Mailbox(on: executor) }

    /// Begins to answer; on the loop's thread.
    public func attach(to loop: EventLoop, _ broker: RedisBroker) {
        loop.attach(mailbox) { mail in for request in mail { request(broker) } }
    }

    func ask<Answer: Sendable>(
        _ request: @escaping @Sendable (RedisBroker, CheckedContinuation<Answer, Never>) -> Void
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            mailbox.post { broker in request(broker, continuation) }
        }
    }

    /// Deletes a key; answers whether it was there.
    private func delete(
        _ key: @escaping @Sendable (RedisKeys) -> String, at place: RedisPlace
    ) async -> Bool {
        await ask { broker, continuation in
            broker.places.send(["DEL", .text(key(broker.places.keys))], at: place) {
                continuation.resume(returning: $0 == .success(.integer(1)))
            }
        }
    }
}

extension SharedRedis: SharedSlots {
    /// Keeps a value for so many milliseconds.
    public func put(_ name: String, _ value: [UInt8], milliseconds: Int64) async -> Bool {
        await ask { broker, continuation in
            let key = broker.places.keys.once(name)
            broker.places.send(
                ["SET", .text(key), .bytes(value), "PX", .integer(max(1, milliseconds))], at: .once(name)
            ) { continuation.resume(returning: $0 == .success(.bytes(Array("OK".utf8)))) }
        }
    }

    /// A value that is kept.
    public func value(_ name: String) async -> SlotFinding {
        await ask { broker, continuation in
            broker.places.send(["GET", .text(broker.places.keys.once(name))], at: .once(name)) { result in
                switch result {
                case .success(.bytes(let value)): continuation.resume(returning: .found(value))
                case .success(.null): continuation.resume(returning: .nothing)
                default: continuation.resume(returning: .away)
                }
            }
        }
    }

    /// Takes a value away: of all who try, one hears true.
    public func take(_ name: String) async -> Bool { await delete({ $0.once(name) }, at: .once(name)) }
}

extension SharedRedis: SharedRates {
    /// Takes of a quota, by Redis' clock.
    public func take(
        _ name: String, count: Int64, milliseconds: Int64, cost: Int64
    ) async -> RateVerdict? {
        await ask { broker, continuation in
            let places = broker.places
            places.run(
                .takeRate, keys: [places.keys.rate(name)],
                [.integer(count), .integer(milliseconds), .integer(cost)], at: .rate(name)
            ) { continuation.resume(returning: RateVerdict($0)) }
        }
    }

    /// Gives a whole quota back.
    public func forget(_ name: String) async -> Bool { await delete({ $0.rate(name) }, at: .rate(name)) }
}

extension RateVerdict {
    fileprivate init?(_ result: Result<RedisReply, RedisError>) {
        guard case .success(let reply) = result, let numbers = reply.members?.compactMap(\.number),
            numbers.count == 4
        else { return nil }
        // Microseconds, rounded up: who waits as long as they are told has not waited in vain.
        self.init(wait: (numbers[0] + 999) / 1000, remaining: numbers[1], reset: (numbers[2] + 999) / 1000)
    }
}
