import Storage

/// The read markers of the last seconds, and those since other processes could be reached last: what was said of them
/// while Redis went away, was away or came back may have been heard by nobody.
struct UnheardReads {
    private struct Key: Hashable {
        let room: String
        let user: String
    }

    private struct Entry {
        let reader: Author
        let seq: Int64
        let at: Int64
    }

    /// How long a marker is kept where all seems well, in milliseconds: a Redis that hangs is found out in less.
    private static let lifeMilliseconds: Int64 = 10_000
    /// Markers that are kept at most.
    private static let limit = 10_000

    private var entries: [Key: Entry] = [:]
    /// When others could be reached again the last time.
    private var reachedAt: Int64 = .min / 2

    /// Somebody has read up to an event.
    mutating func note(_ room: String, _ reader: Author, seq: Int64, now: Int64) {
        let key = Key(room: room, user: reader.id)
        guard entries.count < UnheardReads.limit || entries[key] != nil else { return }
        entries[key] = Entry(reader: reader, seq: seq, at: now)
    }

    /// Others can be reached again.
    mutating func reached(now: Int64) { reachedAt = now }

    /// Whether others may still be about to listen again.
    func isSettling(_ now: Int64) -> Bool { now - reachedAt <= UnheardReads.lifeMilliseconds }

    /// Forgets markers that have been heard.
    ///
    /// - Parameter isReached: Whether a room's others can be.
    mutating func prune(_ now: Int64, _ isReached: (String) -> Bool) {
        guard !entries.isEmpty, !isSettling(now) else { return }
        entries = entries.filter { key, entry in
            now - entry.at <= UnheardReads.lifeMilliseconds || !isReached(key.room)
        }
    }

    /// All that are kept.
    func each(_ body: (_ room: String, _ reader: Author, _ seq: Int64) -> Void) {
        for (key, entry) in entries { body(key.room, entry.reader, entry.seq) }
    }
}
