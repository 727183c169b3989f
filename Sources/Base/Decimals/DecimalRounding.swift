/// What becomes of digits behind the 18th place that a calculation comes to.
@frozen
public enum DecimalRounding: Sendable {
    /// To the nearest; halves to the even neighbour, so that many of them do not drift.
    case halfEven
    /// Cut off, as integers are divided.
    case towardZero
}
