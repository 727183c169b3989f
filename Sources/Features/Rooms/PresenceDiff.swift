import Storage

/// Who came and went since a room was last told, for rooms that are told once per interval.
///
/// Who comes and goes within an interval is no news to those who knew the room before. But a newcomer's list, or a page
/// of `presence`, may have been written in between: for its reader the later step is news, and so the diff tells it.
struct PresenceDiff {
    private struct Change {
        var author: Author
        var isHere: Bool
        /// Whether somebody may have been told that the person is here, or is not.
        var toldHere: Bool
        var toldAway: Bool
        /// The lists written up to the last step.
        var lists: Int

        /// Lists written since the last step say what that step left.
        mutating func note(_ written: Int) {
            guard written > lists else { return }
            lists = written
            if isHere { toldHere = true } else { toldAway = true }
        }
    }

    private var changes: [String: Change] = [:]
    private var lists = 0

    /// The people here were listed for somebody.
    mutating func listed() { lists += 1 }

    /// Somebody came or went.
    mutating func note(_ author: Author, isHere: Bool) {
        guard var change = changes[author.id] else {
            changes[author.id] = Change(
                author: author, isHere: isHere, toldHere: !isHere, toldAway: isHere, lists: lists)
            return
        }
        change.note(lists)
        change.author = author
        change.isHere = isHere
        changes[author.id] = change
    }

    /// What is to be told now; forgets it.
    mutating func take() -> (joined: [Author], left: [Author]) {
        var joined: [Author] = []
        var left: [Author] = []
        for var change in changes.values {
            change.note(lists)
            if change.isHere, change.toldAway { joined.append(change.author) }
            if !change.isHere, change.toldHere { left.append(change.author) }
        }
        changes = [:]
        return (joined, left)
    }
}
