import Synchronization

/// Counts connections in all, by address and by person, against their bounds; any thread.
final class Census: Sendable {
    private struct Counts {
        var total = 0
        var byAddress: [String: Int] = [:]
        var byUser: [String: Int] = [:]
    }

    /// What an arriving connection is told.
    enum Verdict: Equatable { case admitted, full, tooManyFromAddress }

    private let counts = Mutex(Counts())
    private let settings: GatewaySettings

    init(_ settings: GatewaySettings) { self.settings = settings }

    /// How many connections there are.
    var total: Int { counts.withLock { $0.total } }
    /// The people who have one.
    var people: [String] { counts.withLock { Array($0.byUser.keys) } }
    /// How many people have one.
    var users: Int { counts.withLock { $0.byUser.count } }

    /// Counts a connection in, where the bounds allow it.
    ///
    /// - Parameter address: The peer's address; nil where it is a proxy, whose clients are counted one by one.
    func admit(address: String?) -> Verdict {
        counts.withLock { counts in
            if settings.connections > 0, counts.total >= settings.connections { return .full }
            if let address {
                guard admit(address, &counts) else { return .tooManyFromAddress }
            }
            counts.total += 1
            return .admitted
        }
    }

    /// Counts a proxy's client in.
    func admit(client address: String) -> Bool { counts.withLock { admit(address, &$0) } }

    private func admit(_ address: String, _ counts: inout Counts) -> Bool {
        let limit = settings.connectionsPerAddress
        let held = counts.byAddress[address, default: 0]
        guard limit == 0 || held < limit else { return false }
        counts.byAddress[address] = held + 1
        return true
    }

    /// Counts a connection out.
    func leave(address: String?) {
        counts.withLock { counts in
            counts.total -= 1
            if let address { Census.decrement(&counts.byAddress, address) }
        }
    }

    /// Counts a proxy's client out.
    func leave(client address: String) { counts.withLock { Census.decrement(&$0.byAddress, address) } }

    /// Counts one more connection of a person.
    func admit(user: String) -> Bool {
        counts.withLock { counts in
            let held = counts.byUser[user, default: 0]
            guard settings.connectionsPerUser == 0 || held < settings.connectionsPerUser else { return false }
            counts.byUser[user] = held + 1
            return true
        }
    }

    /// How many connections a person has here.
    func connections(of user: String) -> Int { counts.withLock { $0.byUser[user] ?? 0 } }

    /// Counts one less.
    func leave(user: String) { counts.withLock { Census.decrement(&$0.byUser, user) } }

    private static func decrement(_ counts: inout [String: Int], _ key: String) {
        guard let held = counts[key] else { return }
        counts[key] = held > 1 ? held - 1 : nil
    }
}
