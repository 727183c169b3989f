import Bytes

/// What names a publication: which room, who sent it, the how-manieth of theirs.
struct Stamp: Equatable, Sendable {
    /// Below 2²⁰.
    var room: Int
    /// Within the room, below 2¹².
    var publisher: Int
    /// 0, 1, 2 … of this publisher.
    var sequence: UInt32

    fileprivate init(packed: UInt64) {
        room = Int(packed >> 44)
        publisher = Int(packed >> 32 & 0xFFF)
        sequence = UInt32(truncatingIfNeeded: packed)
    }

    init(room: Int, publisher: Int, sequence: UInt32) {
        self.room = room
        self.publisher = publisher
        self.sequence = sequence
    }

    fileprivate var packed: UInt64 {
        UInt64(room) << 44 | UInt64(publisher & 0xFFF) << 32 | UInt64(sequence)
    }
}

/// The bytes of a publication: its stamp in sixteen letters, then letters that follow from the stamp, so that every
/// changed, cut or foreign byte shows. Letters `A` to `P` only, which no protocol here has to escape.
enum Payload {
    /// The stamp and one word that vouches for it.
    static let leastBytes = 24

    /// The bytes for a stamp.
    static func make(_ stamp: Stamp, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        let packed = stamp.packed
        append(letters(packed), to: &bytes)
        append(letters(packed >> 4), to: &bytes)
        var filler = Filler(packed)
        while bytes.count < count { append(filler.next(), to: &bytes) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The stamp of a payload of `count` bytes, or nil where any byte is not what it was, or there are fewer or more:
    /// what a payload begins with would pass for a shorter one.
    static func read(_ bytes: Span<UInt8>, count: Int) -> Stamp? {
        guard bytes.count == count, count >= leastBytes else { return nil }
        let even = bytes.word(at: 0) &- base
        let odd = bytes.word(at: 8) &- base
        // A byte below `A` or above `P` leaves bits that no letter has.
        guard (even | odd) & ~nibbles == 0 else { return nil }
        let packed = gather(even) | gather(odd) << 4
        var filler = Filler(packed)
        var index = 16
        while index + 8 <= bytes.count {
            guard bytes.word(at: index) == filler.next() else { return nil }
            index += 8
        }
        if index < bytes.count {
            var word = filler.next()
            while index < bytes.count {
                guard bytes[index] == UInt8(truncatingIfNeeded: word) else { return nil }
                word >>= 8
                index += 1
            }
        }
        return Stamp(packed: packed)
    }

    private static let nibbles: UInt64 = 0x0F0F_0F0F_0F0F_0F0F
    private static let base: UInt64 = 0x4141_4141_4141_4141

    /// Every other four bits of a number, each as a letter.
    private static func letters(_ number: UInt64) -> UInt64 { (number & nibbles) &+ base }
    private static func gather(_ word: UInt64) -> UInt64 { word & nibbles }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> (UInt64(index) * 8))) }
    }

    /// SplitMix64 (Steele, Lea, Flood 2014), as letters.
    private struct Filler {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return letters(mixed ^ (mixed >> 31))
        }
    }
}
