import Bytes

/// Knows the ticks of a symbol within a window again, by 64-bit fingerprints.
///
/// A fingerprint takes about 20 bytes where a tick would take 100; that two of the thousands of ticks in a window share
/// one, and the second is lost, has a chance of about one in 10¹².
struct TickMemory {
    private let span: Int64
    // Two stretches of the window's length cover it wherever it lies: the newest tick's, and the one before.
    private var stretch: Int64 = .min
    private var newer: Set<Int> = []
    private var older: Set<Int> = []

    /// - Parameter span: The window in milliseconds.
    init(span: Int64) { self.span = max(1, span) }

    /// Notes a tick that lies within the window.
    ///
    /// - Returns: Whether it is new.
    mutating func insert(_ tick: Tick) -> Bool {
        let stretch = tick.at.milliseconds / span
        if stretch > self.stretch {
            older = stretch - 1 == self.stretch ? newer : []
            newer = []
            self.stretch = stretch
        }
        let print = TickMemory.fingerprint(tick)
        return stretch == self.stretch ? newer.insert(print).inserted : older.insert(print).inserted
    }

    private static func fingerprint(_ tick: Tick) -> Int {
        var hasher = Hasher()
        hasher.combine(tick.source)
        hasher.combine(tick.at)
        if let sequence = tick.sequence {
            hasher.combine(sequence)
        } else {
            hasher.combine(tick.price)
            hasher.combine(tick.volume)
        }
        return hasher.finalize()
    }
}
