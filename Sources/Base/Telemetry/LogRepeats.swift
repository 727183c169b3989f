/// Holds repeated lines back: a fault that strikes a thousand times a second is told a few times, and counted.
struct LogRepeats {
    /// How often the same line is written in one window.
    static let allowed = 5
    /// A window's length in milliseconds.
    static let window: Int64 = 10_000
    /// Different lines that are remembered; more than that many different ones are no repetition.
    static let limit = 256

    private struct Entry {
        var begin: Int64
        var written = 0
        var leftOut = 0
    }

    /// A line and how often it was left out.
    struct Summary: Equatable {
        let key: Key
        let leftOut: Int
    }

    /// What makes two lines the same: not the request or session that they name.
    struct Key: Hashable {
        let level: LogLevel
        let message: String
    }

    private var entries: [Key: Entry] = [:]
    private var nextLook: Int64 = 0

    /// Whether a line is to be written.
    mutating func admits(_ key: Key, at now: Int64) -> Bool {
        if entries[key] == nil, entries.count >= LogRepeats.limit { return true }
        var entry = entries[key] ?? Entry(begin: now)
        defer { entries[key] = entry }
        if entry.written < LogRepeats.allowed {
            entry.written += 1
            return true
        }
        entry.leftOut += 1
        return false
    }

    /// Ends the windows that are over.
    ///
    /// - Parameter all: Ends all of them, as when the server stops.
    /// - Returns: What was left out in them.
    mutating func summaries(at now: Int64, all: Bool = false) -> [Summary] {
        guard all || now >= nextLook else { return [] }
        nextLook = now + 1000
        let over = entries.filter { all || now - $0.value.begin >= LogRepeats.window }
        for key in over.keys { entries[key] = nil }
        return over.filter { $0.value.leftOut > 0 }
            .map { Summary(key: $0.key, leftOut: $0.value.leftOut) }
            .sorted { $0.key.message < $1.key.message }
    }
}
