import TestRandom
import Testing

@testable import stoa_load

@Suite("Ledger")
struct LedgerTests {
    /// A subscriber of room 7 that got these of one publisher, who published `published`.
    static func faults(_ sequences: [UInt32], published: UInt32) -> Faults {
        var ledger = Ledger(subscribers: 1, publishers: 1)
        for sequence in sequences {
            _ = ledger.take(Stamp(room: 7, publisher: 0, sequence: sequence), subscriber: 0, room: 7)
        }
        ledger.close(subscriber: 0) { _ in published }
        return ledger.faults
    }

    @Test("each fault is told by its name")
    func names() {
        #expect(LedgerTests.faults([0, 1, 2], published: 3) == Faults())
        #expect(LedgerTests.faults([0, 2], published: 3) == Faults(lost: 1))
        #expect(LedgerTests.faults([0, 1], published: 3) == Faults(lost: 1))
        #expect(LedgerTests.faults([], published: 3) == Faults(lost: 3))
        #expect(LedgerTests.faults([0, 1, 1, 2], published: 3) == Faults(repeated: 1))
        #expect(LedgerTests.faults([0, 2, 1], published: 3) == Faults(reordered: 1))
        #expect(LedgerTests.faults([2, 1, 0], published: 3) == Faults(reordered: 2))
        #expect(LedgerTests.faults([0, 2, 1, 1], published: 3) == Faults(repeated: 1, reordered: 1))
    }

    @Test("what nobody published is damaged, and hides nothing that was lost")
    func invented() {
        #expect(LedgerTests.faults([0, 5], published: 3) == Faults(lost: 2, damaged: 1))
        #expect(LedgerTests.faults([0, 1, 2, 3], published: 3) == Faults(damaged: 1))
        #expect(LedgerTests.faults([0, 9, 1, 2], published: 3) == Faults(reordered: 2, damaged: 1))
        #expect(LedgerTests.faults([0, 1, 2, 4_000_000_000], published: 3) == Faults(damaged: 1))
    }

    @Test("another room's, an unknown publisher's and an unreadable one count as what they are")
    func places() {
        var ledger = Ledger(subscribers: 2, publishers: 2)
        var counted: [Bool] = []
        counted.append(ledger.take(Stamp(room: 8, publisher: 0, sequence: 0), subscriber: 0, room: 7))
        counted.append(ledger.take(Stamp(room: 7, publisher: 2, sequence: 0), subscriber: 0, room: 7))
        counted.append(ledger.take(nil, subscriber: 1, room: 7))
        counted.append(ledger.take(Stamp(room: 7, publisher: 1, sequence: 0), subscriber: 1, room: 7))
        #expect(counted == [false, false, false, true])
        #expect(ledger.faults == Faults(misrouted: 1, damaged: 2))
        #expect(ledger.deliveries == 1)
    }

    @Test("it finds what a slow one finds, whatever a server does", arguments: 0..<200 as Range<UInt64>)
    func agreesWithModel(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let subscribers = 3, publishers = 2, published = Int.random(in: 0...40, using: &random)
        var ledger = Ledger(subscribers: subscribers, publishers: publishers)
        var model = NaiveLedger(subscribers: subscribers, publishers: publishers)
        for subscriber in 0..<subscribers {
            for stamp in LedgerTests.mistreat(published, publishers, &random) {
                _ = ledger.take(stamp, subscriber: subscriber, room: 1)
                model.take(stamp, subscriber: subscriber, room: 1)
            }
            ledger.close(subscriber: subscriber) { _ in UInt32(published) }
        }
        #expect(ledger.faults == model.faults(published: published))
    }

    /// Deliveries to one subscriber, by a server that does what it wants now and then.
    static func mistreat(_ published: Int, _ publishers: Int, _ random: inout SeededRandom) -> [Stamp?] {
        var stamps: [Stamp?] = []
        for sequence in 0..<published {
            for publisher in 0..<publishers {
                stamps.append(Stamp(room: 1, publisher: publisher, sequence: UInt32(sequence)))
            }
        }
        for _ in 0..<Int.random(in: 0...8, using: &random) where !stamps.isEmpty {
            let index = Int.random(in: stamps.indices, using: &random)
            let other = Int.random(in: stamps.indices, using: &random)
            switch Int.random(in: 0..<7, using: &random) {
            case 0: stamps.remove(at: index)
            case 1: stamps.insert(stamps[index], at: other)
            case 2: stamps.swapAt(index, other)
            case 3: stamps[index]?.room = 2
            case 4: stamps[index]?.publisher = publishers + 1
            case 5: stamps[index]?.sequence = UInt32.random(in: 0..<100, using: &random)
            default: stamps[index] = nil
            }
        }
        return stamps
    }
}
