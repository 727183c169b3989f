/// A place in a list: the sort key of the last item shown, as text that clients hand back unread.
struct Cursor {
    let number: Int64
    let text: String

    init(_ number: Int64, _ text: String) {
        self.number = number
        self.text = text
    }

    /// A cursor that came back; nil where it is not one of ours.
    init?(_ cursor: String?) {
        guard let cursor, let separator = cursor.firstIndex(of: "."),
            let number = Int64(cursor[..<separator])
        else { return nil }
        self.number = number
        text = String(cursor[cursor.index(after: separator)...])
    }

    var description: String { "\(number).\(text)" }
}

extension Page {
    /// A page out of rows of which one more was asked for than the page holds.
    init(_ items: [Item], limit: Int, cursor: (Item) -> String) {
        let shown = Array(items.prefix(limit))
        self.init(items: shown, cursor: items.count > limit ? shown.last.map(cursor) : nil)
    }
}

extension Array where Element == Row {
    /// Makes an item of each row.
    func decode<Item>(
        _ item: (inout RowReader) throws(StorageError) -> Item
    ) throws(StorageError) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(count)
        for row in self {
            var columns = row.columns
            items.append(try item(&columns))
        }
        return items
    }
}

extension Int {
    /// This many items at most, and never fewer than none: what a caller asks for within what one read may return.
    var asPageLimit: Int { Swift.max(0, Swift.min(self, 100_000)) }
}
