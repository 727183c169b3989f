public import Decimals

/// Which portfolios the desk keeps open for alerts from now on, and which no more.
public struct PortfolioWatch: Sendable {
    /// One that is kept open.
    public struct Added: Sendable {
        /// Its id.
        public let id: String
        /// Whose tenant it belongs to.
        public let tenant: String
        /// The value that alerts know of it; nil for none.
        public let value: ExactDecimal?
    }

    /// Those with alerts that had none, and those whose value alerts know anew.
    public var added: [Added] = []
    /// Those without alerts that had some.
    public var removed: [String] = []

    /// Nothing.
    public init() {}

    /// Whether nothing has changed.
    var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}
