public import Storage

/// What is known of a person at a gate.
public struct GateFacts: Sendable {
    /// The person's wallets.
    public var wallets: [SolanaAddress]
    /// The person's role in the room, if they are a member.
    public var role: Role?
    /// Whether the person is invited.
    public var isInvited: Bool
    /// What has been read of chains so far.
    public var readings: [HoldingQuery: TimedReading] = [:]

    /// Facts before any reading.
    public init(wallets: [SolanaAddress], role: Role? = nil, isInvited: Bool = false) {
        self.wallets = wallets
        self.role = role
        self.isInvited = isInvited
    }
}
