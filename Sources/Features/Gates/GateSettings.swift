/// Bounds and times of gates.
public struct GateSettings: Sendable {
    /// How old a reading may be that lets somebody in, in milliseconds.
    public var cacheMilliseconds: Int64 = 10_000
    /// The least time between two *no* of which the second one counts, in milliseconds.
    public var recheckMilliseconds: Int64 = 5000
    /// How often those who are behind gates are looked at, in milliseconds; give or take a fifth.
    public var sweepMilliseconds: Int64 = 60_000
    /// How long nobody need be able to say, in milliseconds.
    public var graceMilliseconds: Int64 = 900_000
    /// How often one person may have their holdings read anew in a quarter of an hour.
    public var checks = 30
    /// How many questions to chains one person may cause in a minute; 0 for no limit.
    public var questions = 120

    /// The defaults.
    public init() {}
}
