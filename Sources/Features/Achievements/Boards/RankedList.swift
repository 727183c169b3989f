/// People in the order of their experience, in chunks: a place is found in one chunk, and counted over the sizes of
/// those before it.
///
/// With a million people there are some four thousand chunks; inserting and removing move a few hundred entries at most.
struct RankedList {
    /// Where somebody stands: the more experience, and of equal ones whoever had it earlier, comes first.
    struct Key: Hashable, Comparable {
        let experience: Int64
        /// When that was reached: the ledger's number.
        let since: Int64
        let person: Int32

        static func < (a: Key, b: Key) -> Bool {
            if a.experience != b.experience { return a.experience > b.experience }
            return a.since != b.since ? a.since < b.since : a.person < b.person
        }
    }

    private static let chunkLimit = 512

    private var chunks: [[Key]] = []
    /// The first key of each chunk, side by side: a search touches few lines of memory.
    private var firsts: [Key] = []
    private var counts: [Int32] = []
    private(set) var count = 0

    init() {}

    /// A list of keys in their order.
    init(sorted keys: [Key]) {
        let size = RankedList.chunkLimit / 2
        for start in stride(from: 0, to: keys.count, by: size) {
            append(Array(keys[start..<min(keys.count, start + size)]))
        }
        count = keys.count
    }

    private mutating func append(_ chunk: [Key]) {
        chunks.append(chunk)
        firsts.append(chunk[0])
        counts.append(Int32(chunk.count))
    }

    mutating func insert(_ key: Key) {
        count += 1
        guard !chunks.isEmpty else { return append([key]) }
        let index = chunk(of: key)
        let place = RankedList.lowerBound(chunks[index], key)
        chunks[index].insert(key, at: place)
        counts[index] += 1
        if place == 0 { firsts[index] = key }
        if chunks[index].count > RankedList.chunkLimit { split(index) }
    }

    private mutating func split(_ index: Int) {
        let half = chunks[index].count / 2
        let upper = Array(chunks[index][half...])
        chunks[index].removeSubrange(half...)
        counts[index] = Int32(half)
        chunks.insert(upper, at: index + 1)
        firsts.insert(upper[0], at: index + 1)
        counts.insert(Int32(upper.count), at: index + 1)
    }

    mutating func remove(_ key: Key) {
        guard !chunks.isEmpty else { return }
        let index = chunk(of: key)
        let place = RankedList.lowerBound(chunks[index], key)
        guard place < chunks[index].count, chunks[index][place] == key else { return }
        count -= 1
        chunks[index].remove(at: place)
        counts[index] -= 1
        guard let first = chunks[index].first else {
            chunks.remove(at: index)
            firsts.remove(at: index)
            counts.remove(at: index)
            return
        }
        firsts[index] = first
    }

    /// How many come before a key, which need not be there.
    func place(of key: Key) -> Int {
        guard !chunks.isEmpty else { return 0 }
        let index = chunk(of: key)
        var before = 0
        for chunk in 0..<index { before += Int(counts[chunk]) }
        return before + RankedList.lowerBound(chunks[index], key)
    }

    /// Those at some places, those beyond the end left out.
    func keys(_ places: Range<Int>) -> [Key] {
        var found: [Key] = []
        var start = 0
        for index in chunks.indices {
            let end = start + Int(counts[index])
            if end > places.lowerBound {
                guard start < places.upperBound else { break }
                let from = max(places.lowerBound, start) - start
                let to = min(places.upperBound, end) - start
                found += chunks[index][from..<to]
            }
            start = end
        }
        return found
    }

    /// The last chunk that does not begin behind a key.
    private func chunk(of key: Key) -> Int {
        var (low, high) = (0, firsts.count)
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] <= key { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    private static func lowerBound(_ keys: [Key], _ key: Key) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
