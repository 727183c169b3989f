/// Tells whether a slot is recent, by the newest one seen and the time since.
///
/// A node that stands still answers quickly and well; only the clock gives it away.
struct SlotClock: Sendable {
    /// How far an answer may lie behind: at 400 ms a slot about a minute.
    let lagLimit: UInt64
    /// The slowest pace of a chain that lives; Solana's is 400 ms.
    let slowestMilliseconds: Int64

    private var newest: UInt64 = 0
    private var seenAt: Int64 = 0

    /// The clock of Solana.
    static let solana = SlotClock(lagLimit: 150, slowestMilliseconds: 1000)
    /// The clock of the XRP Ledger, which closes a ledger every three to five seconds.
    static let xrpl = SlotClock(lagLimit: 15, slowestMilliseconds: 10_000)

    private init(lagLimit: UInt64, slowestMilliseconds: Int64) {
        self.lagLimit = lagLimit
        self.slowestMilliseconds = slowestMilliseconds
    }

    /// Notes an answer's slot.
    ///
    /// - Parameter now: Milliseconds of the monotonic clock.
    /// - Returns: Whether the slot is recent.
    mutating func admit(_ slot: UInt64, now: Int64) -> Bool {
        let elapsed = max(0, now - seenAt)
        // Before the first answer there is nothing to compare with.
        let due = newest == 0 ? 0 : newest + UInt64(elapsed / slowestMilliseconds)
        if slot > newest {
            newest = slot
            seenAt = now
        }
        return slot >= due || due - slot <= lagLimit
    }
}
