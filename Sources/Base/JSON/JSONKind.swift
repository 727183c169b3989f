/// What a JSON value is, as its first byte tells.
public enum JSONKind: Equatable, Sendable {
    /// `{…}`
    case object
    /// `[…]`
    case array
    /// `"…"`
    case string
    /// Digits, or a minus.
    case number
    /// `true` or `false`
    case bool
    /// `null`
    case null
}
