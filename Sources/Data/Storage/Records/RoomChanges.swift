/// What to change of a room; nil leaves a field, `.some(nil)` clears it.
public struct RoomChanges: Sendable, Hashable {
    /// See ``RoomRecord/name``.
    public var name: String?
    /// See ``RoomRecord/description``.
    public var description: String?
    /// See ``RoomRecord/type``.
    public var type: RoomType?
    /// See ``RoomRecord/accessTokenMint``.
    public var accessTokenMint: String??
    /// See ``RoomRecord/accessTokenMinAmount``.
    public var accessTokenMinAmount: String??
    /// See ``RoomRecord/accessNFTCollection``.
    public var accessNFTCollection: String??
    /// See ``RoomRecord/gate``.
    public var gate: String??
    /// See ``RoomRecord/maxParticipants``.
    public var maxParticipants: Int?
    /// See ``RoomRecord/locked``.
    public var locked: Bool?
    /// See ``RoomRecord/slowModeMilliseconds``.
    public var slowModeMilliseconds: Int64?
    /// See ``RoomRecord/readReceipts``.
    public var readReceipts: Bool?
    /// See ``RoomRecord/receipts``.
    public var receipts: Bool?
    /// See ``RoomRecord/announcesAchievements``.
    public var announcesAchievements: Bool?
    /// See ``RoomRecord/retentionDays``.
    public var retentionDays: Int??

    /// No change.
    public init() {}
}
