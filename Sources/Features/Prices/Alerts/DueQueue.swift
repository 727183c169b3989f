/// The repeating alerts of a subject that have fired, by the moment at which they may fire again: a binary heap.
struct DueQueue {
    struct Entry {
        let due: Int64
        let slot: UInt32
        let generation: UInt32
    }

    private var heap: [Entry] = []

    /// Puts an entry in.
    mutating func push(_ entry: Entry) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, heap[index].due < heap[(index - 1) / 2].due {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes out the entry that is due first, if that is now.
    mutating func pop(now: Int64) -> Entry? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child].due < heap[least].due {
                least = child
            }
            guard least != index else { return first }
            heap.swapAt(index, least)
            index = least
        }
    }
}
