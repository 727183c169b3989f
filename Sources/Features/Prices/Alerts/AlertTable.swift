/// Finds alerts by their ids: a hash table of slots alone, since the records hold the ids.
///
/// Open addressing with linear probing; at most three quarters full, so 5 to 11 bytes for an alert.
struct AlertTable {
    // A slot and one; 0 where there is none. As many as a power of two.
    private var cells: [UInt32] = Array(repeating: 0, count: 16)
    private var count = 0

    /// The alert's slot, or nil.
    func slot(of id: AlertID, in slab: AlertSlab) -> UInt32? {
        var index = home(of: id)
        while cells[index] != 0 {
            if slab[cells[index] - 1].id == id { return cells[index] - 1 }
            index = next(index)
        }
        return nil
    }

    /// Takes in a slot whose id is not there yet.
    mutating func insert(_ slot: UInt32, in slab: AlertSlab) {
        if (count + 1) * 4 > cells.count * 3 { grow(to: cells.count * 2, in: slab) }
        place(slot, in: slab)
        count += 1
    }

    /// Makes room at once for many more.
    mutating func reserve(_ more: Int, in slab: AlertSlab) {
        var size = cells.count
        while (count + more) * 4 > size * 3 { size *= 2 }
        if size > cells.count { grow(to: size, in: slab) }
    }

    /// Takes out a slot, while its record is still there.
    mutating func remove(_ slot: UInt32, in slab: AlertSlab) {
        var hole = home(of: slab[slot].id)
        while cells[hole] != slot + 1 {
            guard cells[hole] != 0 else { return }
            hole = next(hole)
        }
        count -= 1
        // What stands behind the hole moves up, unless that would bring it in front of its own home.
        var index = next(hole)
        while cells[index] != 0 {
            let home = home(of: slab[cells[index] - 1].id)
            if (index &- home) & (cells.count - 1) >= (index &- hole) & (cells.count - 1) {
                cells[hole] = cells[index]
                hole = index
            }
            index = next(index)
        }
        cells[hole] = 0
    }

    private func home(of id: AlertID) -> Int { id.hashValue & (cells.count - 1) }

    private func next(_ index: Int) -> Int { (index + 1) & (cells.count - 1) }

    private mutating func place(_ slot: UInt32, in slab: AlertSlab) {
        var index = home(of: slab[slot].id)
        while cells[index] != 0 { index = next(index) }
        cells[index] = slot + 1
    }

    private mutating func grow(to size: Int, in slab: AlertSlab) {
        let old = cells
        cells = Array(repeating: 0, count: size)
        for cell in old where cell != 0 { place(cell - 1, in: slab) }
    }
}
