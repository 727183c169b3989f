public import Bytes
import Synchronization
public import Telemetry

/// Whether a process reaches its Redis, over all its loops; for any thread.
public final class RedisStatus: Sendable {
    /// What there is to tell.
    public struct Figures: Sendable {
        /// A server, and whether all loops are connected to it.
        public struct Node: Sendable, Equatable {
            /// Host and port, a path, or what Sentinels call the master.
            public let name: String
            /// Whether all loops can publish to it and hear it.
            public let isConnected: Bool
        }

        /// All servers, by name.
        public var nodes: [Node] = []
        /// How long servers took to answer, in nanoseconds, what waited before it included.
        public var roundTrips = Histogram(HistogramBounds.roundTrip)
        /// Messages that could not be sent.
        public var unsent = 0
        /// Steps that a server refused, as one that is full does.
        public var refused = 0
    }

    private struct State {
        var nodes: [String: [Int: Bool]] = [:]
        var unsent = 0
        var refused = 0
        var roundTrips = Histogram(HistogramBounds.roundTrip)
        var awaySince: Timestamp?
        var hasAnswered = false
        /// What was said of each server since all loops reached it the last time.
        var complaints: [String: Set<String>] = [:]
    }

    /// How many causes are told of a server until it is there again; few have more than two.
    private static let mostComplaints = 64

    private let state = Mutex(State())

    init() {}

    /// Since when a server is away from some loop; nil where none is.
    public var awaySince: Timestamp? { state.withLock { $0.awaySince } }

    /// Whether a server has let this process in since the start; an address that is wrong never does.
    public var hasAnswered: Bool { state.withLock { $0.hasAnswered } }

    /// What metrics tell.
    public var figures: Figures {
        state.withLock { state in
            let nodes = state.nodes.map { name, loops in
                Figures.Node(name: name, isConnected: loops.values.allSatisfy { $0 })
            }
            var figures = Figures()
            figures.nodes = nodes.sorted { $0.name < $1.name }
            (figures.unsent, figures.refused) = (state.unsent, state.refused)
            figures.roundTrips = state.roundTrips
            return figures
        }
    }

    /// How a server is for a loop from now on; that all loops reach it is a line of the log.
    func note(_ node: String, loop: Int, isConnected: Bool) {
        let isNews = state.withLock { state in
            let wasConnected = state.nodes[node]?.values.allSatisfy { $0 } ?? false
            state.nodes[node, default: [:]][loop] = isConnected
            RedisStatus.judge(&state)
            guard isConnected else { return false }
            state.hasAnswered = true
            guard !wasConnected, state.nodes[node]?.values.allSatisfy({ $0 }) == true else { return false }
            state.complaints[node] = nil
            return true
        }
        if isNews { Log.notice("Redis at \(node) is connected") }
    }

    /// Says what is wrong with a server: once for each cause until all loops reach it again, since every connection of
    /// every loop finds the same, at each of its tries.
    func complain(of node: String, _ words: String) {
        let isNews = state.withLock { state in
            let count = state.complaints[node]?.count ?? 0
            return count < RedisStatus.mostComplaints
                && state.complaints[node, default: []].insert(words).inserted
        }
        if isNews { Log.warning(words) }
    }

    /// What was wrong with a server is over.
    func settle(_ node: String) { state.withLock { $0.complaints[node] = nil } }

    /// A loop needs a server no more.
    func forget(_ node: String, loop: Int) {
        state.withLock { state in
            state.nodes[node]?[loop] = nil
            if state.nodes[node]?.isEmpty == true {
                state.nodes[node] = nil
                state.complaints[node] = nil
            }
            RedisStatus.judge(&state)
        }
    }

    /// A server has answered after so many nanoseconds.
    func answered(after nanoseconds: Int64) { state.withLock { $0.roundTrips.observe(nanoseconds) } }

    /// A message could not be sent.
    func missed() { state.withLock { $0.unsent += 1 } }

    /// A server refused a step.
    func wasRefused() { state.withLock { $0.refused += 1 } }

    private static func judge(_ state: inout State) {
        let isAway = state.nodes.values.contains { $0.values.contains(false) }
        state.awaySince = isAway ? state.awaySince ?? Timestamp.now() : nil
    }
}
