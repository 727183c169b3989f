/// A person's right to be behind a gate: good while readings say so, through the grace while they say nothing.
///
/// All times are milliseconds of one clock.
///
/// ```
///            no            no again, by the full question, later and from no older slot
///   good ──────────► doubted ──────────► lost
///     ▲ │  unknown for half the grace ► warned ── for all of it ► unverified
///     └─┴── yes ──────────┘
/// ```
public struct Lease: Equatable, Sendable {
    /// A *no* that has not been confirmed.
    struct Doubt: Equatable, Sendable {
        let at: Int64
        let slot: UInt64?
    }

    /// When the gate was last known to be open; nil where it never was.
    public private(set) var verifiedAt: Int64?
    /// From when on the grace counts: the last *yes*, or when the gate came to ask for what it does now.
    private var graceFrom: Int64
    private(set) var doubt: Doubt?
    /// The newest slot that was read when it was good.
    private var verifiedSlot: UInt64?
    private var isWarned = false
    private var isSuspended = false
    /// The last note of another process that was taken.
    private var learned: LeaseNote?

    /// A lease.
    ///
    /// - Parameters:
    ///   - verifiedAt: When the gate was last known to be open, if it was.
    ///   - now: When the person came under this gate.
    public init(verifiedAt: Int64?, now: Int64) {
        self.verifiedAt = verifiedAt
        graceFrom = verifiedAt ?? now
    }

    /// Whether a *no* waits to be confirmed.
    public var isDoubted: Bool { doubt != nil }

    /// The slot that the next full answer may not be older than: a node that lags behind the *yes* knows nothing of
    /// what was bought since.
    public var leastSlot: UInt64? {
        guard let verifiedSlot else { return doubt?.slot }
        return max(verifiedSlot, doubt?.slot ?? 0)
    }

    /// Whether the gate was open less than so long ago, and nothing has spoken against it.
    public func isGood(within milliseconds: Int64, now: Int64) -> Bool {
        guard let verifiedAt, doubt == nil else { return false }
        return now - verifiedAt <= milliseconds
    }

    /// The gate is open.
    ///
    /// - Parameter slot: The newest slot of what was read; nil where the method tells none.
    public mutating func positive(now: Int64, slot: UInt64? = nil) {
        let newest = max(verifiedSlot ?? 0, slot ?? 0)
        self = Lease(verifiedAt: now, now: now)
        verifiedSlot = newest > 0 ? newest : nil
    }

    /// Takes what other processes have found, by the note that all share.
    ///
    /// Each note counts once: when it was written is read off a clock that may be set, and whoever was warned by this
    /// process is not warned again for a yes that it knew.
    ///
    /// - Parameter note: Nil where what was known counts for nothing any more.
    public mutating func learn(_ note: LeaseNote?, now: Int64) {
        guard let note else {
            // The gate asks for something else, or a wallet is not theirs any more: the grace begins.
            if verifiedAt != nil { self = Lease(verifiedAt: nil, now: now) }
            return
        }
        guard note.written != learned?.written else { return }
        defer { learned = note }
        guard note.verifiedAt > verifiedAt ?? .min else { return }
        let (doubt, slot) = (doubt, verifiedSlot)
        self = Lease(verifiedAt: note.verifiedAt, now: now)
        verifiedSlot = slot
        if let doubt, doubt.at >= note.verifiedAt { self.doubt = doubt }
    }

    /// The gate is closed.
    ///
    /// - Parameters:
    ///   - slot: The newest slot of what was read; nil where the method tells none.
    ///   - isFull: Whether the full question was asked; what is not is only ever the first *no*.
    ///   - recheck: The least time between two that count.
    public mutating func negative(
        now: Int64, slot: UInt64?, isFull: Bool, recheck: Int64
    ) -> LeaseAction {
        guard let doubt else {
            self.doubt = Doubt(at: now, slot: slot)
            return .confirm(after: recheck)
        }
        let wait = recheck - (now - doubt.at)
        if wait > 0 { return .confirm(after: wait) }
        if let least = leastSlot, let slot, slot < least { return .confirm(after: recheck) }
        return isFull ? .lost : .confirm(after: 0)
    }

    /// Nobody can say.
    ///
    /// - Parameter grace: How long that changes nothing.
    public mutating func unknown(now: Int64, grace: Int64) -> LeaseAction {
        let age = now - graceFrom
        if age > grace {
            guard !isSuspended else { return .none }
            isSuspended = true
            return .unverified
        }
        // Half the grace is left: time enough to bring things in order, or to say good-bye.
        guard age * 2 > grace, !isWarned else { return .none }
        isWarned = true
        return .warn(remaining: grace - age)
    }
}
