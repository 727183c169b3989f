/// Where a subscription's note is: in which queue of its shard, and which of that queue's bits.
struct NotePlace {
    var queue: UInt32
    var bit: UInt32
}

/// Who has a value to get: a bit for each subscription that waits for values, the bits of one queue side by side.
///
/// A value that arises sets one bit for each of them. A dashboard of fifty symbols has its bits in one word, and a
/// thousand dashboards have theirs in 8 KiB, so that noting does not wait for memory.
struct ValueNotes {
    /// What a note changes.
    enum Outcome {
        /// The queue had nothing to get.
        case first
        /// It had something of other channels.
        case further
        /// It had an older value of this one.
        case replaced
    }

    private struct Queue {
        /// Its first word.
        var start: UInt32
        /// How many words it has, a power of two.
        var capacity: UInt32
        /// How many of its bits are set.
        var count: UInt32 = 0
    }

    private var words: [UInt64] = []
    private var queues: [Queue] = []
    private var freeQueues: [UInt32] = []
    /// First words of ranges that nobody uses, by the binary logarithm of their lengths.
    private var freeRanges: [[UInt32]] = []

    // MARK: Queues

    /// Makes room for a queue of 64 bits, none of them set.
    mutating func addQueue() -> UInt32 {
        let queue = Queue(start: takeRange(of: 1), capacity: 1)
        if let number = freeQueues.popLast() {
            queues[Int(number)] = queue
            return number
        }
        queues.append(queue)
        return UInt32(queues.count - 1)
    }

    /// Gives a queue's room back.
    mutating func removeQueue(_ number: UInt32) {
        giveBack(queues[Int(number)])
        queues[Int(number)] = Queue(start: 0, capacity: 0)
        freeQueues.append(number)
    }

    /// Sees to it that a queue has so many bits.
    mutating func reserve(_ bits: Int, in number: UInt32) {
        let old = queues[Int(number)]
        guard bits > Int(old.capacity) * 64 else { return }
        var queue = old
        while bits > Int(queue.capacity) * 64 { queue.capacity *= 2 }
        queue.start = takeRange(of: queue.capacity)
        for word in 0..<Int(old.capacity) { words[Int(queue.start) + word] = words[Int(old.start) + word] }
        queues[Int(number)] = queue
        giveBack(old)
    }

    /// A range of words that are 0.
    private mutating func takeRange(of length: UInt32) -> UInt32 {
        let size = length.trailingZeroBitCount
        if size < freeRanges.count, let start = freeRanges[size].popLast() { return start }
        let start = UInt32(words.count)
        words.append(contentsOf: repeatElement(0, count: Int(length)))
        return start
    }

    private mutating func giveBack(_ queue: Queue) {
        for word in 0..<Int(queue.capacity) { words[Int(queue.start) + word] = 0 }
        let size = queue.capacity.trailingZeroBitCount
        while freeRanges.count <= size { freeRanges.append([]) }
        freeRanges[size].append(queue.start)
    }

    // MARK: Notes

    /// How many notes a queue has.
    func count(of number: UInt32) -> Int { Int(queues[Int(number)].count) }

    /// Whether there is a note.
    func contains(_ place: NotePlace) -> Bool {
        words[Int(queues[Int(place.queue)].start + place.bit >> 6)] & ValueNotes.mask(place.bit) != 0
    }

    /// Notes that there is a value to get.
    mutating func add(_ place: NotePlace) -> Outcome {
        let number = Int(place.queue)
        let word = Int(queues[number].start + place.bit >> 6)
        let mask = ValueNotes.mask(place.bit)
        guard words[word] & mask == 0 else { return .replaced }
        words[word] |= mask
        queues[number].count += 1
        return queues[number].count == 1 ? .first : .further
    }

    /// Takes a note back.
    mutating func remove(_ place: NotePlace) {
        guard contains(place) else { return }
        words[Int(queues[Int(place.queue)].start + place.bit >> 6)] ^= ValueNotes.mask(place.bit)
        queues[Int(place.queue)].count -= 1
    }

    /// Takes out a queue's first note at or behind a bit, or the first one of all where there is none behind it.
    ///
    /// - Returns: Its bit; nil where there is none at all.
    mutating func take(of number: UInt32, from bit: Int) -> Int? {
        let queue = queues[Int(number)]
        guard queue.count > 0 else { return nil }
        let (start, capacity) = (Int(queue.start), Int(queue.capacity))
        var word = bit >> 6 < capacity ? bit >> 6 : 0
        var due = words[start + word]
        if bit >> 6 == word { due &= .max << UInt64(bit & 63) }
        while due == 0 {
            word = word + 1 < capacity ? word + 1 : 0
            due = words[start + word]
        }
        words[start + word] ^= due & (~due &+ 1)
        queues[Int(number)].count -= 1
        return word << 6 | due.trailingZeroBitCount
    }

    private static func mask(_ bit: UInt32) -> UInt64 { 1 << UInt64(bit & 63) }
}
