/// How a subscriber wants a channel's values: each as it arises, or the newest ones now and then.
public struct DeliveryPace: Hashable, Sendable {
    /// The least time between two messages, in milliseconds; 0 sends at the end of each turn.
    public var intervalMilliseconds: Int64
    /// Whether values of several channels come in one message.
    public var isBatched: Bool
    /// The members that are wanted of each value beside its offset; nil for all.
    public var fields: [String]?

    /// Every value as it arises, each in a message of its own, the same for all.
    public static let direct = DeliveryPace()

    /// A pace.
    public init(intervalMilliseconds: Int64 = 0, isBatched: Bool = false, fields: [String]? = nil) {
        self.intervalMilliseconds = intervalMilliseconds
        self.isBatched = isBatched
        self.fields = fields
    }

    /// Whether messages can be those that all subscribers share.
    public var isDirect: Bool { self == .direct }
}
