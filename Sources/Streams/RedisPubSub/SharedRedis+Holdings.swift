public import PubSub
import Reactor

extension SharedRedis: SharedHoldings {
    /// How long it is known what a process has that says nothing more of it, in milliseconds: a day.
    private static let lifeMilliseconds: Int64 = 86_400_000

    /// Has `tell` called when the lease was lost or Redis came back empty.
    public func onForgotten(_ tell: @escaping @Sendable () -> Void) {
        mailbox.post { broker in broker.onForgotten(tell) }
    }

    /// Says how many this process has; counts what processes with a lease have.
    public func hold(_ count: Int64, of name: String, limit: Int64) async -> Int64? {
        await ask { broker, continuation in
            let (places, own) = (broker.places, broker.instance)
            let key = places.keys.held(name)
            places.run(
                .hold, keys: [key], [.text(own), .integer(count), .integer(SharedRedis.lifeMilliseconds)],
                at: .held(name)
            ) { result in
                guard case .success(let reply) = result, reply.members != nil else {
                    return continuation.resume(returning: nil)
                }
                var held: [String: Int64] = [:]
                for (name, count) in reply.pairs { held[name] = count.number ?? 0 }
                let total = held.values.reduce(0, +)
                guard total > limit, held.count > 1 else { return continuation.resume(returning: total) }
                // Some may be of processes that have died.
                places.run(.living, keys: [places.keys.instances(0)], [], at: .book(0)) { result in
                    guard case .success(let reply) = result, let names = reply.members else {
                        return continuation.resume(returning: nil)
                    }
                    // A lease's name begins with its process'.
                    let living = Set(names.compactMap(\.text).compactMap { $0.split(separator: ".").first })
                    let dead = held.keys.filter { $0 != own && !living.contains($0[...]) }
                    if !dead.isEmpty {
                        places.send(["HDEL", .text(key)] + dead.map { .text($0) }, at: .held(name))
                    }
                    continuation.resume(returning: total - dead.reduce(0) { $0 + (held[$1] ?? 0) })
                }
            }
        }
    }
}
