public import Storage

/// What is known of a person at a gate.
public struct GateFacts: Sendable {
    /// The person's wallets.
    public var wallets: [Wallet]
    /// The person's role in the room, if they are a member.
    public var role: Role?
    /// Whether the person is invited.
    public var isInvited: Bool
    /// What has been read of chains so far.
    public var readings: [HoldingQuery: TimedReading] = [:]

    /// The newest slot of the readings; nil where none tells its own.
    public var newestSlot: UInt64? {
        readings.values.compactMap { timed in
            guard case .holds(_, let slot) = timed.reading else { return nil }
            return slot
        }.max()
    }

    /// Facts before any reading.
    public init(wallets: [Wallet], role: Role? = nil, isInvited: Bool = false) {
        self.wallets = wallets
        self.role = role
        self.isInvited = isInvited
    }
}
