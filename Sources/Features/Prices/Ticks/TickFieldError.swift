/// The field that keeps a JSON object from being a tick.
public enum TickFieldError: String, Error, Sendable {
    /// Missing, or no name of a symbol.
    case symbol
    /// Missing, no decimal or not above zero.
    case price
    /// No decimal, or below zero.
    case volume
    /// No moment in milliseconds since 1970.
    case at
    /// No whole number.
    case sequence
}
