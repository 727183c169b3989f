public import Bytes
import Synchronization

/// Whether the server takes work, for `/health/ready`.
public final class Readiness: Sendable {
    /// Why it does not.
    public struct Fault: Sendable, Equatable {
        /// One word: `draining` or `store_failing`.
        public let status: String
        /// A sentence for people.
        public let reason: String

        /// A fault of the store.
        public init(storeFailingBecause reason: String) {
            status = "store_failing"
            self.reason = reason
        }

        init(status: String, reason: String) {
            self.status = status
            self.reason = reason
        }
    }

    private static let draining = Fault(status: "draining", reason: "The server is going away.")

    private let isEnding = Atomic<Bool>(false)
    private let storeFault: @Sendable () -> Fault?
    private let broker: @Sendable () -> Timestamp?

    /// Ready until it ends, except while the store fails.
    ///
    /// - Parameters:
    ///   - broker: Says since when other processes cannot be reached; nil where they can. It takes work all the same.
    ///   - storeFault: Says why the store takes no writes at the moment; nil where it does.
    public init(
        broker: @escaping @Sendable () -> Timestamp? = { nil },
        storeFault: @escaping @Sendable () -> Fault? = { nil }
    ) {
        self.broker = broker
        self.storeFault = storeFault
    }

    /// Since when the broker is away; nil where it is there, or there is none.
    var brokerAwaySince: Timestamp? { broker() }

    /// Why it takes no work; nil where it does.
    var fault: Fault? { isEnding.load(ordering: .relaxed) ? Readiness.draining : storeFault() }

    /// It takes none any more: it is going away.
    public func end() { isEnding.store(true, ordering: .relaxed) }
}
