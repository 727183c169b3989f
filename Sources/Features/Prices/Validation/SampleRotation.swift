/// Picks the symbols whose prices are checked in a round: every tenth, and each in its turn.
///
/// Goes round the symbols in their order from where it stopped, so it needs no list of its own and symbols may come and
/// go: none waits longer than a round of all.
public struct SampleRotation: Hashable, Sendable {
    /// How many percent of the symbols a round checks, rounded up.
    public static let percent = 10

    /// The last one that was picked.
    public private(set) var last: Symbol?

    /// A rotation that begins with the first symbol, or behind one.
    public init(after last: Symbol? = nil) { self.last = last }

    /// The next symbols to check.
    ///
    /// - Parameter symbols: All of them, ascending, each once.
    public mutating func next(of symbols: [Symbol]) -> [Symbol] {
        guard !symbols.isEmpty else { return [] }
        let count = (symbols.count * SampleRotation.percent + 99) / 100
        let start = last.flatMap { last in symbols.firstIndex { $0 > last } } ?? 0
        let picked = (start..<start + count).map { symbols[$0 % symbols.count] }
        last = picked.last
        return picked
    }
}
