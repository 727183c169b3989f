import Foundation
import Synchronization

/// What was done to a run and when: for the count at its end, and for who looks for a cause.
final class FaultDiary: Sendable {
    private struct State {
        var kinds: [ClusterFault.Kind: Int] = [:]
        var undone: [ClusterFault.Kind: Int] = [:]
        var cut = 0
        var delayed = 0
        var recent: [String] = []
    }

    /// How many of the last faults are told to who looks for a cause.
    private static let kept = 8
    private let start = Date()
    private let state = Mutex(State())

    /// Seconds since the run began.
    private var time: String { String(format: "%7.2f s", Date().timeIntervalSince(start)) }

    /// Tells of a fault and of what became of it.
    func note(_ words: String) {
        let line = "\(time): \(words)"
        print("cluster: \(line)")
        state.withLock { state in
            state.recent.append(line)
            if state.recent.count > FaultDiary.kept { state.recent.removeFirst() }
        }
    }

    /// A fault of the schedule is over; or it could not be made, since what it is about had not settled.
    func count(_ kind: ClusterFault.Kind, isDone: Bool) {
        state.withLock { state in
            if isDone { state.kinds[kind, default: 0] += 1 } else { state.undone[kind, default: 0] += 1 }
        }
    }

    /// One connection was reset, or held up, beside the schedule.
    func countSingle(isCut: Bool) {
        state.withLock { state in
            if isCut { state.cut += 1 } else { state.delayed += 1 }
        }
    }

    /// The last faults, and when it is now.
    var recent: String {
        let lines = state.withLock { $0.recent }
        return "faults just before \(time):\n" + lines.joined(separator: "\n")
    }

    /// All faults: of each kind, and of single connections.
    var sum: String {
        let (kinds, undone, cut, delayed) = state.withLock { ($0.kinds, $0.undone, $0.cut, $0.delayed) }
        func list(_ counts: [ClusterFault.Kind: Int]) -> String {
            counts.map { "\($0.key) \($0.value)" }.sorted().joined(separator: ", ")
        }
        let scheduled = kinds.values.reduce(0, +)
        return "\(scheduled + cut + delayed) faults: \(scheduled) of the schedule (\(list(kinds))), "
            + "\(cut) single connections reset, \(delayed) held up"
            + (undone.isEmpty ? "" : "; not made, since Redis had not settled: \(list(undone))")
    }
}
