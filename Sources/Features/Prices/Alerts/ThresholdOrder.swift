/// The slots of all alerts in the order of their keys, and of the slots where keys are equal.
///
/// A sorted list in runs of at most 128, with each run's first key beside it: a search looks at those first, which lie
/// together in memory, and then at seven records. Insertions and removals move at most a run.
/// ```
///   firsts  [ key 0    | key 1    | key 2    | … ]
///   runs    [ 4 9 2 …  | 7 1 …    | 3 8 6 …  | … ]     slots; the keys are in their records
/// ```
struct ThresholdOrder {
    private static let runLimit = 128
    /// How many a run gets when many are loaded at once: room for insertions.
    private static let loadedRun = 96

    // The key of the first slot of each run. Never too large; too small where that slot was removed, which is as good.
    private var firsts: [Position] = []
    private var runs: [[UInt32]] = []

    private struct Position: BitwiseCopyable {
        let key: ThresholdKey
        let slot: UInt32

        static func < (a: Position, b: Position) -> Bool {
            a.key < b.key || a.key == b.key && a.slot < b.slot
        }
    }

    /// Takes a slot in.
    mutating func insert(_ slot: UInt32, in slab: AlertSlab) {
        let position = Position(key: slab[slot].key, slot: slot)
        guard !runs.isEmpty else {
            firsts = [position]
            runs = [[slot]]
            return
        }
        let run = run(of: position)
        let index = index(of: position, in: run, slab)
        if index == 0, position < firsts[run] { firsts[run] = position }
        runs[run].insert(slot, at: index)
        if runs[run].count >= ThresholdOrder.runLimit { split(run, slab) }
    }

    /// Takes a slot out, while its record is still there.
    mutating func remove(_ slot: UInt32, in slab: AlertSlab) {
        guard !runs.isEmpty else { return }
        let position = Position(key: slab[slot].key, slot: slot)
        let run = run(of: position)
        let index = index(of: position, in: run, slab)
        guard index < runs[run].count, runs[run][index] == slot else { return }
        runs[run].remove(at: index)
        if runs[run].isEmpty {
            runs.remove(at: run)
            firsts.remove(at: run)
        } else if runs[run].count < ThresholdOrder.runLimit / 4 {
            merge(run)
        }
    }

    /// Takes slots in, many at once, whatever their order.
    mutating func load(_ slots: [UInt32], in slab: AlertSlab) {
        var positions = (runs.joined() + slots).map { Position(key: slab[$0].key, slot: $0) }
        positions.sort { $0 < $1 }
        firsts = []
        runs = []
        for start in stride(from: 0, to: positions.count, by: ThresholdOrder.loadedRun) {
            let end = min(start + ThresholdOrder.loadedRun, positions.count)
            firsts.append(positions[start])
            runs.append(positions[start..<end].map(\.slot))
        }
    }

    /// Appends the slots of a group whose thresholds lie in a range, the least first.
    func collect(
        _ group: UInt64, _ thresholds: Range<Int128>, in slab: AlertSlab, into found: inout [UInt32]
    ) {
        guard !runs.isEmpty else { return }
        let start = Position(key: ThresholdKey(group, thresholds.lowerBound), slot: 0)
        let end = ThresholdKey(group, thresholds.upperBound)
        var run = run(of: start)
        var index = index(of: start, in: run, slab)
        while run < runs.count {
            while index < runs[run].count {
                guard slab[runs[run][index]].key < end else { return }
                found.append(runs[run][index])
                index += 1
            }
            run += 1
            index = 0
            // Spares a look at a record where the next run is another group's anyway.
            guard run < runs.count, firsts[run].key < end else { return }
        }
    }

    /// The thresholds of a group next to a value: the last one below it, and the first one at or above it.
    func neighbours(
        of value: Int128, in group: UInt64, _ slab: AlertSlab
    ) -> (below: Int128?, above: Int128?) {
        guard !runs.isEmpty else { return (nil, nil) }
        let position = Position(key: ThresholdKey(group, value), slot: 0)
        let run = run(of: position)
        let index = index(of: position, in: run, slab)
        func threshold(_ slot: UInt32?) -> Int128? {
            slot.map { slab[$0].key }.flatMap { $0.group == group ? $0.threshold : nil }
        }
        let before = index > 0 ? runs[run][index - 1] : run > 0 ? runs[run - 1].last : nil
        let after =
            index < runs[run].count ? runs[run][index] : run + 1 < runs.count ? runs[run + 1].first : nil
        return (threshold(before), threshold(after))
    }

    /// The last run that begins at or before a position, or the first.
    private func run(of position: Position) -> Int {
        var (low, high) = (0, firsts.count)
        while low < high {
            let middle = (low + high) / 2
            if position < firsts[middle] { high = middle } else { low = middle + 1 }
        }
        return max(0, low - 1)
    }

    /// Where a position is, or would be, in a run.
    private func index(of position: Position, in run: Int, _ slab: AlertSlab) -> Int {
        var (low, high) = (0, runs[run].count)
        while low < high {
            let middle = (low + high) / 2
            let slot = runs[run][middle]
            if Position(key: slab[slot].key, slot: slot) < position {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private mutating func split(_ run: Int, _ slab: AlertSlab) {
        let middle = runs[run].count / 2
        let upper = Array(runs[run][middle...])
        runs[run].removeSubrange(middle...)
        runs.insert(upper, at: run + 1)
        firsts.insert(Position(key: slab[upper[0]].key, slot: upper[0]), at: run + 1)
    }

    /// Joins a short run with the one behind it, or before it, where both fit with room to spare.
    private mutating func merge(_ run: Int) {
        let first = run + 1 < runs.count ? run : run - 1
        guard first >= 0, first + 1 < runs.count,
            runs[first].count + runs[first + 1].count <= ThresholdOrder.loadedRun
        else { return }
        runs[first] += runs[first + 1]
        runs.remove(at: first + 1)
        firsts.remove(at: first + 1)
    }
}
