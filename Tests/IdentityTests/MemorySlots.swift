import PubSub
import Synchronization

/// What several processes have in common, in memory.
final class MemorySlots: SharedSlots {
    private let values = Mutex<[String: [UInt8]]>([:])
    private let isAway = Atomic(false)

    /// Everything that is kept.
    var all: [[UInt8]] { values.withLock { Array($0.values) } }

    /// The processes reach each other no more.
    func goAway() { isAway.store(true, ordering: .relaxed) }

    func put(_ name: String, _ value: [UInt8], milliseconds: Int64) async -> Bool {
        guard !isAway.load(ordering: .relaxed) else { return false }
        values.withLock { $0[name] = value }
        return true
    }

    func value(_ name: String) async -> SlotFinding {
        guard !isAway.load(ordering: .relaxed) else { return .away }
        return values.withLock { $0[name] }.map { .found($0) } ?? .nothing
    }

    func take(_ name: String) async -> Bool {
        isAway.load(ordering: .relaxed) ? false : values.withLock { $0.removeValue(forKey: name) != nil }
    }
}
