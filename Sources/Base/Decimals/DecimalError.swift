/// Why there is no decimal.
public enum DecimalError: Error, Equatable, Sendable {
    /// The text is no number as JSON writes them.
    case notANumber
    /// The value has digits behind the 18th place.
    case tooManyPlaces
    /// The value, or what a calculation comes to, is 10¹⁸ or more in magnitude.
    case outOfRange
    /// Nothing can be divided by zero.
    case divisionByZero
}
