/// A member of a gated room with all that is known of them without a chain.
public struct GateMember: Sendable, Hashable {
    /// The membership.
    public var member: MemberRecord
    /// What is remembered of their last reading.
    public var lease: LeaseRecord?
    /// Whether they are invited now.
    public var isInvited: Bool
    /// The addresses of their Solana wallets.
    public var wallets: [String]

    /// A member.
    public init(member: MemberRecord, lease: LeaseRecord?, isInvited: Bool, wallets: [String]) {
        self.member = member
        self.lease = lease
        self.isInvited = isInvited
        self.wallets = wallets
    }
}
