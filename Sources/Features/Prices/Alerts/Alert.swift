/// An alert, as the index takes it in; the rest of it — whose it is, where it is told — is the store's.
public struct Alert: Hashable, Sendable {
    /// Its id.
    public let id: AlertID
    /// What it watches.
    public let subject: AlertSubject
    /// What must become true.
    public let condition: AlertCondition
    /// Whether it fires again while its condition stays true, as soon as the cooldown is over; `crosses` never does.
    public let repeatsWhileTrue: Bool
    /// The least time between two firings, in milliseconds; 0 to ``cooldownLimit``.
    ///
    /// A condition that becomes true before it is over fires nothing then, and when it is over only if the alert repeats.
    public let cooldown: Int64
    /// Where it stands.
    public var state: AlertState

    /// The longest cooldown: ten years.
    public static let cooldownLimit: Int64 = 315_360_000_000

    /// An alert; a cooldown beyond its limits is taken as the limit.
    public init(
        _ id: AlertID, _ subject: AlertSubject, _ condition: AlertCondition, repeatsWhileTrue: Bool = false,
        cooldown: Int64 = 0, state: AlertState = AlertState()
    ) {
        self.id = id
        self.subject = subject
        self.condition = condition
        self.repeatsWhileTrue = repeatsWhileTrue
        self.cooldown = min(max(cooldown, 0), Alert.cooldownLimit)
        self.state = state
    }
}
