import Identity
import PubSub
import Synchronization

/// Counts people's connections over all processes that serve together.
///
/// Each process admits by its own count at once, and says to all what it is then; somebody who has too many over all of
/// them loses those that came last, a round trip after they came. While the others cannot be reached each process counts
/// alone, and says what has changed when they can be.
final class SharedCensus: Sendable {
    /// Ends a connection that is one too many.
    typealias Refusal = @Sendable () -> Void

    private struct State {
        /// People about whom all are being asked, with the connections that came since.
        var asked: [String: [Refusal]] = [:]
        /// Those among them whose number is another one since.
        var changed: Set<String> = []
        /// People of whom the others have not heard.
        var untold: Set<String> = []
        var isRetrying = false
    }

    /// How often the others are tried that could not be reached.
    private static let pause = Duration.seconds(2)

    private let census: Census
    private let holdings: any SharedHoldings
    private let limit: Int64
    private let state = Mutex(State())

    init(_ census: Census, _ holdings: any SharedHoldings, limit: Int) {
        self.census = census
        self.holdings = holdings
        self.limit = Int64(limit)
        holdings.onForgotten { [weak self] in
            guard let self else { return }
            Task { await self.sayAll() }
        }
    }

    /// A person has one connection more.
    func came(_ user: String, _ refusal: @escaping Refusal) { change(user, refusal) }

    /// A person has one connection less.
    func went(_ user: String) { change(user, nil) }

    private func change(_ user: String, _ refusal: Refusal?) {
        if begins(user, refusal) { Task { await tell(user) } }
    }

    /// The others may know nothing of anybody here: one person after the other, so that Redis has time for more.
    private func sayAll() async {
        for user in census.people where begins(user, nil) { await tell(user) }
    }

    /// Whether nobody asks about a person yet.
    private func begins(_ user: String, _ refusal: Refusal?) -> Bool {
        state.withLock { state in
            let begins = state.asked[user] == nil
            state.asked[user, default: []] += refusal.map { [$0] } ?? []
            if !begins { state.changed.insert(user) }
            return begins
        }
    }

    private func tell(_ user: String) async {
        repeat {
            let newcomers = state.withLock { state in
                state.changed.remove(user)
                defer { state.asked[user] = [] }
                return state.asked[user] ?? []
            }
            let total = await holdings.hold(
                Int64(census.connections(of: user)), of: SharedName.of("connections", user), limit: limit)
            if let total {
                for refusal in newcomers.suffix(Int(max(0, total - limit))) { refusal() }
            } else {
                tellLater(user)
            }
        } while goesOn(user)
    }

    private func goesOn(_ user: String) -> Bool {
        state.withLock { state in
            if state.changed.contains(user) { return true }
            state.asked[user] = nil
            return false
        }
    }

    private func tellLater(_ user: String) {
        let begins = state.withLock { state in
            state.untold.insert(user)
            defer { state.isRetrying = true }
            return !state.isRetrying
        }
        if begins { Task { await retry() } }
    }

    private func retry() async {
        while true {
            try? await Task.sleep(for: SharedCensus.pause)
            let users = state.withLock { state in
                defer { state.untold = [] }
                return state.untold
            }
            for user in users { change(user, nil) }
            let isDone = state.withLock { state in
                state.isRetrying = !users.isEmpty
                return users.isEmpty
            }
            if isDone { return }
        }
    }
}
