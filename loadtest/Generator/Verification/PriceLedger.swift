/// What was told of every symbol, and what every dashboard has of it.
///
/// A symbol's prices are 1, 2, 3 …: a dashboard may be given the newest one in place of all before it, but never one
/// twice or one before another, and in the end it has the last one of each symbol that it watches.
struct PriceLedger {
    /// Of so many of each symbol's last ticks it is known when they were due.
    private static let ring = 1024
    /// In place of a price: not watched.
    private static let unwanted = UInt32.max

    let symbols: Int
    private let watched: [[Int]]
    /// By symbol.
    private var counts: [UInt32]
    private var due: [Int64]
    private var watchers: [Int]
    /// By dashboard and symbol.
    private var newest: [UInt32]
    private(set) var faults = Faults()
    /// Values that came to dashboards.
    private(set) var deliveries = 0
    /// Ticks told.
    private(set) var told = 0
    /// Values that there would be with one delivery for each tick and watcher.
    private(set) var demanded = 0

    init(_ plan: PricePlan, dashboards: Int) {
        symbols = plan.symbols
        watched = (0..<dashboards).map { plan.symbols(of: $0) }
        counts = [UInt32](repeating: 0, count: symbols)
        due = [Int64](repeating: 0, count: symbols * PriceLedger.ring)
        watchers = [Int](repeating: 0, count: symbols)
        newest = [UInt32](repeating: PriceLedger.unwanted, count: dashboards * symbols)
        for (dashboard, list) in watched.enumerated() {
            for symbol in list {
                newest[dashboard * symbols + symbol] = 0
                watchers[symbol] += 1
            }
        }
    }

    /// Counts a tick.
    ///
    /// - Returns: Its price.
    mutating func tell(_ symbol: Int, due moment: Int64) -> UInt32 {
        let price = counts[symbol] + 1
        counts[symbol] = price
        due[symbol * PriceLedger.ring + Int(price) % PriceLedger.ring] = moment
        told += 1
        demanded += watchers[symbol]
        return price
    }

    /// Takes a value that came to a dashboard.
    ///
    /// - Returns: When it was due, or nil where it does not count or that is forgotten.
    mutating func take(_ symbol: Int, _ price: UInt32, dashboard: Int) -> Int64? {
        guard symbol < symbols, price > 0, price <= counts[symbol] else {
            faults.damaged += 1
            return nil
        }
        let place = dashboard * symbols + symbol
        let before = newest[place]
        guard before != PriceLedger.unwanted else {
            faults.misrouted += 1
            return nil
        }
        guard price > before else {
            if price == before { faults.repeated += 1 } else { faults.reordered += 1 }
            return nil
        }
        newest[place] = price
        deliveries += 1
        guard counts[symbol] - price < UInt32(PriceLedger.ring) else { return nil }
        return due[symbol * PriceLedger.ring + Int(price) % PriceLedger.ring]
    }

    /// Something came that is no price.
    mutating func damaged() { faults.damaged += 1 }

    /// Symbols of a dashboard whose last price it has not got.
    func missing(_ dashboard: Int) -> Int {
        watched[dashboard].count { newest[dashboard * symbols + $0] != counts[$0] }
    }

    /// Ends the count: what is missing is lost.
    mutating func close() { for dashboard in watched.indices { faults.lost += missing(dashboard) } }
}

extension Faults {
    static func + (a: Faults, b: Faults) -> Faults {
        Faults(
            lost: a.lost + b.lost, repeated: a.repeated + b.repeated, reordered: a.reordered + b.reordered,
            misrouted: a.misrouted + b.misrouted, damaged: a.damaged + b.damaged,
            refused: a.refused + b.refused)
    }
}
