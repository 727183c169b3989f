/// Small values that all processes have in common for a while, as what may be used once.
public protocol SharedSlots: Sendable {
    /// Keeps a value for so many milliseconds.
    ///
    /// - Returns: Whether it is kept; false where the others cannot be reached.
    func put(_ name: String, _ value: [UInt8], milliseconds: Int64) async -> Bool

    /// A value that is kept; nil where there is none or the others cannot be reached.
    func value(_ name: String) async -> [UInt8]?

    /// Takes a value away: of all who try, at whatever process, one hears true.
    func take(_ name: String) async -> Bool
}
