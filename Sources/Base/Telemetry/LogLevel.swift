/// How much a line of the log matters.
public enum LogLevel: UInt8, CaseIterable, Comparable, Sendable {
    /// Each request and session: for looking into one problem, not for every day.
    case debug
    /// What the server does by itself.
    case info
    /// What an operator may want to know: start, stop, a reload.
    case notice
    /// Something is not as it should be, and the server copes.
    case warning
    /// Something failed that the operator must mend.
    case error

    /// Its name, as settings and lines have it.
    public var name: String { "\(self)" }

    /// The level of a name; nil for any other text.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    /// Whether one matters less than another.
    public static func < (first: LogLevel, second: LogLevel) -> Bool { first.rawValue < second.rawValue }
}
