/// The records of all alerts, each in a slot that is its own until it is removed.
///
/// In pages, so that growth copies nothing and leaves no half of the memory unused.
struct AlertSlab {
    private static let pageBits = 10
    private static let pageSize = 1 << pageBits

    private var pages: [[AlertRecord]] = []
    private var free: [UInt32] = []
    private var used: UInt32 = 0

    /// How many records there are.
    var count: Int { Int(used) - free.count }

    subscript(slot: UInt32) -> AlertRecord {
        get { pages[Int(slot) >> AlertSlab.pageBits][Int(slot) & (AlertSlab.pageSize - 1)] }
        _modify { yield &pages[Int(slot) >> AlertSlab.pageBits][Int(slot) & (AlertSlab.pageSize - 1)] }
    }

    /// Takes a record in.
    ///
    /// - Returns: Its slot.
    mutating func insert(_ alert: Alert, subject: UInt32) -> UInt32 {
        if let slot = free.popLast() {
            self[slot] = AlertRecord(alert, subject: subject, generation: self[slot].generation)
            return slot
        }
        if Int(used) == pages.count * AlertSlab.pageSize {
            var page: [AlertRecord] = []
            page.reserveCapacity(AlertSlab.pageSize)
            pages.append(page)
        }
        pages[pages.count - 1].append(AlertRecord(alert, subject: subject, generation: 0))
        used += 1
        return used - 1
    }

    /// Frees a slot.
    mutating func remove(_ slot: UInt32) {
        self[slot].generation &+= 1
        self[slot].flags = []
        free.append(slot)
    }
}
