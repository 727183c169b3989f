import Synchronization

/// Who is behind which gate, and how sure that is.
///
/// The one place of this state in a process. Homes of rooms hold none of it: they are told who must leave.
public final class LeaseBook: Sendable {
    private struct Key: Hashable {
        let room: String
        let user: String
    }

    private let leases = Mutex<[Key: Lease]>([:])
    /// Whom somebody is about to ask about again.
    private let pending = Mutex<Set<Key>>([])

    /// An empty book.
    public init() {}

    /// How many leases there are.
    public var count: Int { leases.withLock { $0.count } }

    /// A person's lease, if it is known.
    public func lease(_ room: String, _ user: String) -> Lease? {
        leases.withLock { $0[Key(room: room, user: user)] }
    }

    /// Changes a person's lease.
    ///
    /// - Parameter standard: Their lease where none is known.
    public func change<R: Sendable>(
        _ room: String, _ user: String, or standard: Lease, _ body: (inout Lease) -> R
    ) -> R {
        leases.withLock { body(&$0[Key(room: room, user: user), default: standard]) }
    }

    /// Forgets a person, who is behind the gate no more or stands before another one.
    public func forget(_ room: String, _ user: String) {
        leases.withLock { $0[Key(room: room, user: user)] = nil }
    }

    /// Begins a room's leases anew: the gate asks for something else.
    public func forget(_ room: String) {
        leases.withLock { leases in leases = leases.filter { $0.key.room != room } }
    }

    /// Forgets leases that have not been good since a moment: of people who came no further than the gate.
    public func forget(before: Int64) {
        leases.withLock { leases in
            leases = leases.filter { ($0.value.verifiedAt ?? .max) >= before || $0.value.isDoubted }
        }
    }

    /// Notes that somebody will ask again.
    ///
    /// - Returns: Whether nobody was about to.
    public func beginAsking(_ room: String, _ user: String) -> Bool {
        pending.withLock { $0.insert(Key(room: room, user: user)).inserted }
    }

    /// Notes that the question has been asked.
    public func endAsking(_ room: String, _ user: String) {
        pending.withLock { _ = $0.remove(Key(room: room, user: user)) }
    }
}
