/// Small values that all processes have in common for a while, as what may be used once.
public protocol SharedSlots: Sendable {
    /// Keeps a value for so many milliseconds.
    ///
    /// - Returns: Whether it is kept; false where the others cannot be reached.
    func put(_ name: String, _ value: [UInt8], milliseconds: Int64) async -> Bool

    /// A value that is kept.
    func value(_ name: String) async -> SlotFinding

    /// Takes a value away: of all who try, at whatever process, one hears true.
    func take(_ name: String) async -> Bool
}

/// What is in a shared slot.
public enum SlotFinding: Sendable, Equatable {
    /// This value.
    case found([UInt8])
    /// Nothing, or nothing any more.
    case nothing
    /// It is not known: the others cannot be reached.
    case away

    /// The value, where there is one for sure.
    public var value: [UInt8]? {
        guard case .found(let value) = self else { return nil }
        return value
    }
}
