public import Bytes

/// That a person has shown what a room's gate asks for.
public struct LeaseRecord: Sendable, Hashable {
    /// The room.
    public var room: String
    /// Who.
    public var user: String
    /// Whose tenant's wallets are the person's.
    public var walletTenant: String
    /// The role that the person's token lent them in the room: it keeps the membership of who is away.
    public var granted: Role?
    /// When the gate was last known to be open to them.
    public var verifiedAt: Timestamp

    /// A lease.
    public init(
        room: String, user: String, walletTenant: String = "default", granted: Role? = nil,
        verifiedAt: Timestamp
    ) {
        self.room = room
        self.user = user
        self.walletTenant = walletTenant
        self.granted = granted
        self.verifiedAt = verifiedAt
    }
}
