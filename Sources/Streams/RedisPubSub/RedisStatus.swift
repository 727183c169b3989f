public import Bytes
import Synchronization

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
        /// Messages that could not be sent.
        public var unsent = 0
        /// Steps that a server refused, as one that is full does.
        public var refused = 0
    }

    private struct State {
        var nodes: [String: [Int: Bool]] = [:]
        var unsent = 0
        var refused = 0
        var awaySince: Timestamp?
    }

    private let state = Mutex(State())

    init() {}

    /// Since when a server is away from some loop; nil where none is.
    public var awaySince: Timestamp? { state.withLock { $0.awaySince } }

    /// What metrics tell.
    public var figures: Figures {
        state.withLock { state in
            let nodes = state.nodes.map { name, loops in
                Figures.Node(name: name, isConnected: loops.values.allSatisfy { $0 })
            }
            return Figures(
                nodes: nodes.sorted { $0.name < $1.name }, unsent: state.unsent, refused: state.refused)
        }
    }

    /// How a server is for a loop from now on.
    func note(_ node: String, loop: Int, isConnected: Bool) {
        state.withLock { state in
            state.nodes[node, default: [:]][loop] = isConnected
            RedisStatus.judge(&state)
        }
    }

    /// A loop needs a server no more.
    func forget(_ node: String, loop: Int) {
        state.withLock { state in
            state.nodes[node]?[loop] = nil
            if state.nodes[node]?.isEmpty == true { state.nodes[node] = nil }
            RedisStatus.judge(&state)
        }
    }

    /// A message could not be sent.
    func missed() { state.withLock { $0.unsent += 1 } }

    /// A server refused a step.
    func wasRefused() { state.withLock { $0.refused += 1 } }

    private static func judge(_ state: inout State) {
        let isAway = state.nodes.values.contains { $0.values.contains(false) }
        state.awaySince = isAway ? state.awaySince ?? Timestamp.now() : nil
    }
}
