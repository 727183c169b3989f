public import Bytes
import Synchronization

/// Whether the server takes work, for `/health/ready`.
///
/// What takes it out of a balancer's hands is its own affair: that it goes away, that its disk is full, that it has never
/// found its Redis. What all processes share and have lost together is only told: they would all be refused at once, and
/// those who are connected could not come back, though members go on (G4).
public final class Readiness: Sendable {
    /// Why it does not.
    public struct Fault: Sendable, Equatable {
        /// One word: `draining`, `starting` or `store_failing`.
        public let status: String
        /// A sentence for people.
        public let reason: String
    }

    /// How the way to other processes is.
    public enum BrokerState: Sendable, Equatable {
        /// They can be reached, or there are none.
        case here
        /// They cannot, since then.
        case away(since: Timestamp)
        /// They never could since the start: its address may be wrong.
        case missing
    }

    /// How the store is.
    public enum StoreState: Sendable, Equatable {
        /// It takes writes.
        case works
        /// This process' own store does not; the reason is a sentence for everybody.
        case failing(reason: String)
        /// The store of all processes does not.
        case away(reason: String)
    }

    private static let draining = Fault(status: "draining", reason: "The server is going away.")
    private static let starting = Fault(
        status: "starting", reason: "Redis has not answered since the start.")

    private let isEnding = Atomic<Bool>(false)
    private let broker: @Sendable () -> BrokerState
    private let store: @Sendable () -> StoreState

    /// Ready until it ends, except while its store fails.
    ///
    /// - Parameters:
    ///   - broker: Says how the way to other processes is.
    ///   - store: Says how the store is.
    public init(
        broker: @escaping @Sendable () -> BrokerState = { .here },
        store: @escaping @Sendable () -> StoreState = { .works }
    ) {
        self.broker = broker
        self.store = store
    }

    /// How the server stands.
    var standing: Standing {
        if isEnding.load(ordering: .relaxed) { return .refuses(Readiness.draining) }
        let (broker, store) = (broker(), store())
        if case .failing(let reason) = store {
            return .refuses(Fault(status: "store_failing", reason: reason))
        }
        guard broker != .missing else { return .refuses(Readiness.starting) }
        var absences = Absences()
        if case .away(let since) = broker { absences.brokerSince = since }
        if case .away(let reason) = store { absences.store = reason }
        return .takesWork(absences)
    }

    /// What the answer is made from.
    enum Standing {
        case takesWork(Absences)
        case refuses(Fault)
    }

    /// What all processes have lost.
    struct Absences {
        /// Since when the broker is away; nil where it is there.
        var brokerSince: Timestamp?
        /// Why the store takes no writes; nil where it does.
        var store: String?
    }

    /// It takes none any more: it is going away.
    public func end() { isEnding.store(true, ordering: .relaxed) }
}
