@testable import stoa_load

/// What a ledger must find, the slow way: everything that came is kept, and looked at when all is over.
struct NaiveLedger {
    var received: [[Int: [UInt32]]]
    private(set) var misrouted = 0
    private(set) var damaged = 0
    let publishers: Int

    init(subscribers: Int, publishers: Int) {
        received = Array(repeating: [:], count: subscribers)
        self.publishers = publishers
    }

    mutating func take(_ stamp: Stamp?, subscriber: Int, room: Int) {
        guard let stamp, stamp.publisher < publishers else { return damaged += 1 }
        guard stamp.room == room else { return misrouted += 1 }
        received[subscriber][stamp.publisher, default: []].append(stamp.sequence)
    }

    /// All faults, when every publisher published so many.
    func faults(published: Int) -> Faults {
        var faults = Faults(misrouted: misrouted, damaged: damaged)
        for subscriber in received {
            for publisher in 0..<publishers {
                var seen: Set<UInt32> = []
                var highest = -1
                for sequence in subscriber[publisher] ?? [] {
                    if !seen.insert(sequence).inserted {
                        faults.repeated += 1
                    } else if Int(sequence) < highest {
                        faults.reordered += 1
                    }
                    highest = max(highest, Int(sequence))
                }
                faults.damaged += seen.count { Int($0) >= published }
                faults.lost += (0..<published).count { !seen.contains(UInt32($0)) }
            }
        }
        return faults
    }
}
