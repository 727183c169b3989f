/// A member of a gated room with all that is known of them without a chain.
public struct GateMember: Sendable, Hashable {
    /// The membership.
    public var member: MemberRecord
    /// What is remembered of their last reading.
    public var lease: LeaseRecord?
    /// Whether they are invited now.
    public var isInvited: Bool
    /// Their wallets.
    public var wallets: [Wallet]

    /// A wallet by its name.
    public struct Wallet: Sendable, Hashable {
        /// Its chain.
        public var chain: String
        /// Its address there.
        public var address: String
    }

    /// A member.
    public init(member: MemberRecord, lease: LeaseRecord?, isInvited: Bool, wallets: [Wallet]) {
        self.member = member
        self.lease = lease
        self.isInvited = isInvited
        self.wallets = wallets
    }
}
