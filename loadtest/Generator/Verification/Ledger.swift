/// What went wrong with deliveries; anything above 0 voids a run.
struct Faults: Codable, Equatable, Sendable {
    /// Published, and never came.
    var lost = 0
    /// Came more than once.
    var repeated = 0
    /// Came after a later one of the same publisher.
    var reordered = 0
    /// Came to a subscriber of another room.
    var misrouted = 0
    /// Is not what was published.
    var damaged = 0
    /// Sends that the server refused, or connections that it closed.
    var refused = 0

    /// Those that there are, each with its number.
    var words: String {
        let all = [
            ("lost", lost), ("repeated", repeated), ("reordered", reordered), ("misrouted", misrouted),
            ("damaged", damaged), ("refused", refused),
        ]
        return all.filter { $0.1 != 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
    }

    var total: Int { lost + repeated + reordered + misrouted + damaged + refused }
}

/// What every subscriber has seen of every publisher of its room.
struct Ledger {
    private var expected: [UInt32]
    private let publishers: Int
    /// What was skipped and may yet come, by place in `expected`: empty on a healthy server.
    private var skipped: [Int: Set<UInt32>] = [:]
    private(set) var faults = Faults()
    private(set) var deliveries = 0

    init(subscribers: Int, publishers: Int) {
        self.publishers = publishers
        expected = [UInt32](repeating: 0, count: subscribers * publishers)
    }

    /// Takes a delivery to a subscriber of `room`.
    ///
    /// - Returns: Whether it counts: the right one at the right place, for the first time.
    mutating func take(_ stamp: Stamp?, subscriber: Int, room: Int) -> Bool {
        guard let stamp, stamp.publisher < publishers else {
            faults.damaged += 1
            return false
        }
        guard stamp.room == room else {
            faults.misrouted += 1
            return false
        }
        let place = subscriber * publishers + stamp.publisher
        let next = expected[place]
        guard stamp.sequence != next else {
            expected[place] = next &+ 1
            deliveries += 1
            return true
        }
        return takeOutOfOrder(stamp.sequence, place, next)
    }

    private mutating func takeOutOfOrder(_ sequence: UInt32, _ place: Int, _ next: UInt32) -> Bool {
        if sequence > next {
            guard sequence - next <= 1_000_000 else {
                faults.damaged += 1
                return false
            }
            skipped[place, default: []].formUnion(next..<sequence)
            expected[place] = sequence &+ 1
        } else if skipped[place]?.remove(sequence) != nil {
            faults.reordered += 1
        } else {
            faults.repeated += 1
            return false
        }
        deliveries += 1
        return true
    }

    /// Ends the count for a subscriber: what was published and has not come is lost, what came and was never published
    /// is damaged.
    mutating func close(subscriber: Int, published: (Int) -> UInt32) {
        for publisher in 0..<publishers {
            let place = subscriber * publishers + publisher
            let published = published(publisher)
            let skipped = skipped[place] ?? []
            let invented = skipped.count { $0 >= published }
            faults.lost += skipped.count - invented + max(0, Int(published) - Int(expected[place]))
            // Beyond the last that was published, whatever did not come was never to come, and the rest is nobody's.
            faults.damaged += max(0, Int(expected[place]) - Int(published)) - invented
        }
    }

    mutating func refused() { faults.refused += 1 }

    mutating func misrouted() { faults.misrouted += 1 }
}
