/// What is known of who has a room's messages, for those of its senders who asked.
///
/// A message is delivered when each of the others who were present when it was sent has been handed it, or is gone, and
/// one at least has been; it is read when each of them that is a person has read it, or has left, and one at least has.
/// No I/O and no clock: its home feeds it and says what becomes due.
struct ReceiptBook {
    enum Status: String { case delivered, read }

    /// What a sender is told, of all messages from one to another for which they asked.
    struct Receipt: Hashable {
        let user: String
        let from: Int64
        let seq: Int64
        let status: Status
    }

    /// Who was present when a message was sent, its sender left out.
    struct Others {
        /// Those connected here.
        var here: Set<String>
        /// Those at other processes alone.
        var elsewhere: Set<String>
        /// Of all these, the programs, which read nothing.
        var bots: Set<String> = []

        var all: Set<String> { here.union(elsewhere) }
    }

    private struct Entry {
        let seq: Int64
        let sender: String
        /// The first of the messages for which it stands.
        var from: Int64
        /// Who has not been handed it.
        var here: Set<String>
        var elsewhere: Set<String>
        /// Who has not read it.
        var unread: Set<String>
        /// Whether others may be present of whom this process does not know.
        var isUncertain: Bool
        var wasHandedOver = false
        var wasRead = false
        var isTold = false

        var isDelivered: Bool { !isUncertain && wasHandedOver && here.isEmpty && elsewhere.isEmpty }
        var isRead: Bool { isDelivered && wasRead && unread.isEmpty }
        /// Whether nothing more can come of it.
        var isVoid: Bool {
            guard !isUncertain, here.isEmpty, elsewhere.isEmpty else { return false }
            return !wasHandedOver || isTold && unread.isEmpty && !wasRead
        }

        mutating func handOver(to user: String) {
            let isHere = here.remove(user) != nil
            let isElsewhere = elsewhere.remove(user) != nil
            if isHere || isElsewhere { wasHandedOver = true }
        }
    }

    /// Messages that wait at most; of more the oldest are left to those after them.
    static let limit = 256

    private var entries: [Entry] = []

    /// Whether nobody waits for a receipt.
    var isEmpty: Bool { entries.isEmpty }

    /// The newest message that somebody elsewhere has not been handed, as far as is known here.
    var newestElsewhere: Int64? { entries.last { !$0.elsewhere.isEmpty }?.seq }

    /// Whether somebody elsewhere has not been handed a message up to one.
    func waitsElsewhere(upTo seq: Int64) -> Bool {
        entries.contains { $0.seq <= seq && !$0.elsewhere.isEmpty }
    }

    // MARK: What happens

    /// A message was sent whose sender wants to know.
    ///
    /// - Parameter isUncertain: Whether others may be present elsewhere of whom nothing is known.
    /// - Returns: Whether a receipt may come.
    @discardableResult
    mutating func expect(
        _ seq: Int64, from sender: String, _ others: Others, isUncertain: Bool
    ) -> Bool {
        guard isUncertain || !others.here.isEmpty || !others.elsewhere.isEmpty else { return false }
        if entries.count == ReceiptBook.limit { giveUpOldest() }
        entries.append(
            Entry(
                seq: seq, sender: sender, from: seq, here: others.here, elsewhere: others.elsewhere,
                unread: others.all.subtracting(others.bots), isUncertain: isUncertain))
        return true
    }

    /// The next one of the same sender stands for it.
    private mutating func giveUpOldest() {
        let oldest = entries.removeFirst()
        guard let next = entries.firstIndex(where: { $0.sender == oldest.sender }) else { return }
        entries[next].from = oldest.from
    }

    /// A sender gets none for what waits.
    mutating func forget(_ sender: String) { entries.removeAll { $0.sender == sender } }

    /// People have been handed everything up to a message.
    mutating func handOver(upTo seq: Int64, to users: some Sequence<String>) {
        for user in users { change(upTo: seq) { $0.handOver(to: user) } }
    }

    /// Somebody has read everything up to a message; so they have it.
    mutating func read(upTo seq: Int64, by user: String) {
        change(upTo: seq) { entry in
            entry.handOver(to: user)
            if entry.unread.remove(user) != nil { entry.wasRead = true }
        }
    }

    /// Somebody who was connected here is not any more.
    ///
    /// - Parameter mayBeElsewhere: Whether another process may have them; where not they are not waited for, but may
    ///   read it yet.
    mutating func disconnect(_ user: String, mayBeElsewhere: Bool) {
        change(upTo: .max) { entry in
            if entry.here.remove(user) != nil, mayBeElsewhere { entry.elsewhere.insert(user) }
        }
    }

    /// Somebody is not present any more.
    mutating func leave(_ user: String) {
        forget(user)
        change(upTo: .max) { entry in
            entry.here.remove(user)
            entry.elsewhere.remove(user)
            entry.unread.remove(user)
        }
    }

    /// It is known now who is present at other processes.
    mutating func settle(_ elsewhere: Set<String>, bots: Set<String>) {
        change(upTo: .max) { entry in
            guard entry.isUncertain else { return }
            entry.isUncertain = false
            let others = elsewhere.subtracting([entry.sender])
            entry.elsewhere.formUnion(others)
            entry.unread.formUnion(others.subtracting(bots))
        }
    }

    private mutating func change(upTo seq: Int64, _ body: (inout Entry) -> Void) {
        for index in entries.indices where entries[index].seq <= seq { body(&entries[index]) }
    }

    // MARK: What is due

    /// What senders are to be told now, once each: for every sender the messages up to the newest one for which it holds.
    mutating func due() -> [Receipt] {
        entries.removeAll(where: \.isVoid)
        var told: [String: Marks] = [:]
        var undelivered: Set<String> = []
        var unread: Set<String> = []
        for index in entries.indices {
            let entry = entries[index]
            if !entry.isDelivered { undelivered.insert(entry.sender) }
            if !entry.isRead { unread.insert(entry.sender) }
            if !unread.contains(entry.sender) {
                told[entry.sender, default: Marks()].read.cover(entry.from, entry.seq)
            }
            guard !undelivered.contains(entry.sender), !entry.isTold else { continue }
            entries[index].isTold = true
            told[entry.sender, default: Marks()].delivered.cover(entry.from, entry.seq)
        }
        entries.removeAll { entry in (told[entry.sender]?.read.to ?? 0) >= entry.seq || entry.isVoid }
        return told.flatMap { user, marks in marks.receipts(of: user) }
    }

    private struct Span {
        var from: Int64 = .max
        var to: Int64 = 0

        mutating func cover(_ from: Int64, _ to: Int64) {
            self.from = min(self.from, from)
            self.to = max(self.to, to)
        }
    }

    private struct Marks {
        var delivered = Span()
        var read = Span()

        func receipts(of user: String) -> [Receipt] {
            var receipts: [Receipt] = []
            if read.to > 0 {
                receipts.append(Receipt(user: user, from: read.from, seq: read.to, status: .read))
            }
            // Who knows that it is read knows that it is delivered.
            if delivered.to > read.to {
                receipts.append(
                    Receipt(user: user, from: delivered.from, seq: delivered.to, status: .delivered))
            }
            return receipts
        }
    }
}
