public import Bytes

/// A room.
public struct RoomRecord: Sendable, Hashable {
    /// Its id, a UUID.
    public var id: String
    /// Whose it is.
    public var tenant: String
    /// What people call it.
    public var name: String
    /// What it is for.
    public var description: String
    /// The user id of who made it.
    public var creatorID: String
    /// Who may join.
    public var type: RoomType
    /// The token that a `token_gated` room asks for.
    public var accessTokenMint: String?
    /// How much of it, in base units, as a decimal string.
    public var accessTokenMinAmount: String?
    /// The collection that an `nft_gated` room asks for.
    public var accessNFTCollection: String?
    /// A tree of conditions as JSON, where the three fields above do not say it all.
    public var gate: String?
    /// How many people may be present at once.
    public var maxParticipants: Int
    /// Whether only members may join.
    public var locked: Bool
    /// How long a member waits between two messages; 0 for not at all.
    public var slowModeMilliseconds: Int64
    /// Whether members are told how far the others have read.
    public var readReceipts: Bool
    /// Whether senders are told, where they ask, when all who are present have a message, and have read it.
    public var receipts: Bool
    /// Whether those present are told what a member has earned there.
    public var announcesAchievements = false
    /// False once archived.
    public var active: Bool
    /// How long messages are kept; nil for the server's default.
    public var retentionDays: Int?
    /// Names this numbering of seqs; a restored backup starts another one.
    public var epoch: String
    /// The seq of the newest event; 0 where there is none.
    public var seq: Int64
    /// The oldest seq that is still kept; `seq + 1` where none is.
    public var floor: Int64
    /// When it was made.
    public var createdAt: Timestamp
    /// When it was last changed, messages aside.
    public var updatedAt: Timestamp

    /// A new room. The store gives epoch and seq.
    public init(
        id: String = Identifier.uuid(), tenant: String = "default", name: String, description: String = "",
        creatorID: String, type: RoomType = .public, accessTokenMint: String? = nil,
        accessTokenMinAmount: String? = nil, accessNFTCollection: String? = nil, gate: String? = nil,
        maxParticipants: Int = 50, locked: Bool = false, slowModeMilliseconds: Int64 = 0,
        readReceipts: Bool = false, receipts: Bool = false,
        retentionDays: Int? = nil, at: Timestamp = .now()
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.description = description
        self.creatorID = creatorID
        self.type = type
        self.accessTokenMint = accessTokenMint
        self.accessTokenMinAmount = accessTokenMinAmount
        self.accessNFTCollection = accessNFTCollection
        self.gate = gate
        self.maxParticipants = maxParticipants
        self.locked = locked
        self.slowModeMilliseconds = slowModeMilliseconds
        self.readReceipts = readReceipts
        self.receipts = receipts
        self.retentionDays = retentionDays
        active = true
        epoch = ""
        seq = 0
        floor = 1
        createdAt = at
        updatedAt = at
    }
}

extension RoomRecord {
    /// Whether its type asks for holdings or another gate.
    public var isGated: Bool { type == .tokenGated || type == .nftGated }

    /// Where its numbering stood when it was read.
    public var head: RoomHead { RoomHead(epoch: epoch, seq: seq, floor: floor) }

    /// A name for a new numbering of seqs.
    public static func newEpoch() -> String { Identifier.short("e") }
}
