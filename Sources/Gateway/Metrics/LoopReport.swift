import Prices
import PubSub
import Reactor
import Rooms
import Telemetry

/// What one event loop tells a scrape.
public struct LoopReport: Sendable {
    /// Its turns, bytes and TLS.
    let loop: LoopCounters
    /// Its part of the fan-out.
    let hub: HubCounters
    /// Its rooms.
    let rooms: RoomCounters
    /// The topics, where it is their home.
    let topics: TopicCounters?
    /// Prices, where it is their home.
    let prices: PriceFigures?
    /// Its connections and requests.
    let gateway: GatewayCounters
    /// HTTP connections, the scrapers' own left out.
    let httpConnections: Int
    /// `/echo` connections and those whose PROXY header is awaited.
    let otherConnections: Int
    /// How often accepting paused, because descriptors or memory ran out.
    let shortages: Int
}

/// What all loops tell, added up.
struct ServerReport {
    let loops: [LoopReport]

    /// A number added up over the loops.
    func sum(_ number: (LoopReport) -> Int) -> Int { loops.reduce(0) { $0 + number($1) } }

    /// Counts by a key, added up over the loops.
    func sums<Key>(_ counts: (LoopReport) -> [Key: Int]) -> [Key: Int] {
        var all: [Key: Int] = [:]
        for loop in loops { all.merge(counts(loop)) { $0 + $1 } }
        return all
    }

    /// A histogram added up over the loops.
    func histogram(_ bounds: [Int64], _ part: (LoopReport) -> Histogram) -> Histogram {
        var all = Histogram(bounds)
        for loop in loops { all.add(part(loop)) }
        return all
    }
}
