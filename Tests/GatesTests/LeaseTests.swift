import Gates
import TestRandom
import Testing

@Suite("Leases behind gates")
struct LeaseTests {
    private static func negative(
        _ lease: inout Lease, at now: Int64, slot: UInt64? = nil, isFull: Bool = true
    ) -> LeaseAction {
        lease.negative(now: now, slot: slot, isFull: isFull, recheck: 5000)
    }

    @Test("a no counts when it comes twice, five seconds apart, the second time by the full question (A8)")
    func twice() {
        var lease = Lease(verifiedAt: 0, now: 0)
        #expect(LeaseTests.negative(&lease, at: 1000, isFull: false) == .confirm(after: 5000))
        #expect(LeaseTests.negative(&lease, at: 4000) == .confirm(after: 2000))
        #expect(LeaseTests.negative(&lease, at: 6000, isFull: false) == .confirm(after: 0))
        #expect(LeaseTests.negative(&lease, at: 6000) == .lost)
    }

    @Test("a yes between two no makes the second one a first one")
    func yesBetween() {
        var lease = Lease(verifiedAt: nil, now: 0)
        _ = LeaseTests.negative(&lease, at: 1000)
        lease.positive(now: 3000)
        #expect(!lease.isDoubted && lease.isGood(within: 1000, now: 4000))
        #expect(LeaseTests.negative(&lease, at: 9000) == .confirm(after: 5000))
        #expect(!lease.isGood(within: 60_000, now: 9000))
    }

    @Test("a second no from an older slot does not count")
    func olderSlot() {
        var lease = Lease(verifiedAt: nil, now: 0)
        _ = LeaseTests.negative(&lease, at: 0, slot: 100)
        #expect(lease.leastSlot == 100)
        #expect(LeaseTests.negative(&lease, at: 6000, slot: 99) == .confirm(after: 5000))
        #expect(LeaseTests.negative(&lease, at: 6000, slot: 100) == .lost)
    }

    @Test("a node that lags behind the last yes takes nobody out")
    func lagBehindYes() {
        var lease = Lease(verifiedAt: nil, now: 0)
        lease.positive(now: 0, slot: 500)
        #expect(LeaseTests.negative(&lease, at: 1000, slot: 490) == .confirm(after: 5000))
        #expect(lease.leastSlot == 500)
        #expect(LeaseTests.negative(&lease, at: 6000, slot: 499) == .confirm(after: 5000))
        #expect(LeaseTests.negative(&lease, at: 6000, slot: 500) == .lost)
    }

    @Test(
        "while nobody can say, somebody stays for the grace, is told once in its second half, and leaves once"
    )
    func grace() {
        var lease = Lease(verifiedAt: 0, now: 0)
        let ages: [Int64] = [100, 500, 600, 700, 1000, 1001, 1002]
        let actions = ages.map { lease.unknown(now: $0, grace: 1000) }
        #expect(actions == [.none, .none, .warn(remaining: 400), .none, .none, .unverified, .none])
        lease.positive(now: 2000)
        #expect(lease.unknown(now: 2900, grace: 1000) == .warn(remaining: 100))
    }

    @Test("what another process has found begins the grace anew, ends a doubt of before, and counts once")
    func learned() {
        var lease = Lease(verifiedAt: 0, now: 0)
        #expect(lease.unknown(now: 600, grace: 1000) == .warn(remaining: 400))
        lease.learn(LeaseNote(written: 7, verifiedAt: 900), now: 1000)
        #expect(lease.isGood(within: 100, now: 1000))
        #expect(lease.unknown(now: 1600, grace: 1000) == .warn(remaining: 300))
        // The same note, by a clock that was set meanwhile.
        lease.learn(LeaseNote(written: 7, verifiedAt: 1700), now: 1700)
        #expect(lease.verifiedAt == 900 && lease.unknown(now: 1901, grace: 1000) == .unverified)
        // An older one changes nothing.
        lease.learn(LeaseNote(written: 6, verifiedAt: 800), now: 1950)
        #expect(lease.verifiedAt == 900)

        _ = LeaseTests.negative(&lease, at: 2000, slot: 40)
        lease.learn(LeaseNote(written: 8, verifiedAt: 1990), now: 2100)
        #expect(lease.isDoubted)
        lease.learn(LeaseNote(written: 9, verifiedAt: 2050), now: 2100)
        #expect(!lease.isDoubted && lease.isGood(within: 100, now: 2100))
    }

    @Test("what counts for nothing any more at one process does not at another, and the grace begins once")
    func forgotten() {
        var lease = Lease(verifiedAt: 500, now: 500)
        lease.learn(nil, now: 600)
        #expect(lease.verifiedAt == nil && !lease.isGood(within: 1000, now: 600))
        lease.learn(nil, now: 900)
        #expect(lease.unknown(now: 1601, grace: 1000) == .unverified)
    }

    @Test("whatever comes, nobody is lost without two no after the last yes, nor unverified within the grace")
    func invariant() {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var lease = Lease(verifiedAt: 0, now: 0)
            var (now, lastYes, firstNo) = (Int64(0), Int64(0), Int64?.none)
            for _ in 0..<200 {
                now += Int64.random(in: 0...3000, using: &random)
                let action: LeaseAction
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    lease.positive(now: now)
                    (lastYes, firstNo) = (now, nil)
                    continue
                case 1: action = lease.unknown(now: now, grace: 10_000)
                default:
                    let isFull = Bool.random(using: &random)
                    action = LeaseTests.negative(&lease, at: now, isFull: isFull)
                    if action == .lost { #expect(isFull && firstNo.map { now - $0 >= 5000 } == true) }
                    firstNo = firstNo ?? now
                }
                if action == .unverified { #expect(now - lastYes > 10_000) }
            }
        }
    }
}
