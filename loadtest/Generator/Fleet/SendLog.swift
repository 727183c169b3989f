/// How much every publisher has published, and when the last ones were due.
struct SendLog {
    private let publishers: Int
    private let ring: Int
    private var counts: [UInt32]
    private var due: [Int64]
    private(set) var total = 0

    /// - Parameter burst: The most publications that one publisher has under way.
    init(rooms: Int, publishers: Int, burst: Int) {
        self.publishers = publishers
        // Latency is told only of what is younger than the ring; more rooms have fewer under way each.
        var ring = rooms * publishers > 1000 ? 64 : 4096
        while ring < burst * 2 { ring *= 2 }
        self.ring = ring
        counts = [UInt32](repeating: 0, count: rooms * publishers)
        due = [Int64](repeating: 0, count: rooms * publishers * ring)
    }

    /// Counts a publication.
    ///
    /// - Returns: Its number, from 0.
    mutating func add(room: Int, publisher: Int, due moment: Int64) -> UInt32 {
        let place = room * publishers + publisher
        let sequence = counts[place]
        counts[place] = sequence &+ 1
        due[place * ring + Int(sequence) & (ring - 1)] = moment
        total += 1
        return sequence
    }

    func count(room: Int, publisher: Int) -> UInt32 {
        publisher < publishers ? counts[room * publishers + publisher] : 0
    }

    /// When a publication was due, or nil where that is forgotten or it never was.
    func dueTime(room: Int, publisher: Int, sequence: UInt32) -> Int64? {
        let place = room * publishers + publisher
        guard sequence < counts[place], counts[place] - sequence <= UInt32(ring) else { return nil }
        return due[place * ring + Int(sequence) & (ring - 1)]
    }
}
