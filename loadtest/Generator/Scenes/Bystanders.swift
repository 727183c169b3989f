import Reactor

/// Rooms of two beside the load: one sends at an even rate, and what the load does to their latency is told.
final class Bystanders {
    /// Publications a second in each of their rooms.
    static let publicationsPerSecond = 20.0

    private let fleet: Fleet
    private let loop: OpenLoop?
    private var latency = LatencyRecorder()

    init(_ fleet: Fleet) throws {
        self.fleet = fleet
        let first = fleet.scenario.rooms
        let count = fleet.scenario.bystanderRooms
        loop =
            count == 0
            ? nil
            : try OpenLoop(
                fleet, rooms: first..<first + count,
                publicationsPerSecond: Double(count) * Bystanders.publicationsPerSecond, isPoisson: false)
    }

    /// The clients of these rooms.
    static func clients(of fleet: Fleet) -> [LoadClient] {
        fleet.clients.filter { $0.seat.room >= fleet.scenario.rooms }
    }

    /// How often their publications have to come to somebody.
    var deliveriesDue: Int {
        let rooms = fleet.scenario.rooms..<fleet.members.count
        return rooms.reduce(0) {
            $0 + Int(fleet.sends.count(room: $1, publisher: 0)) * fleet.members[$1].count
        }
    }

    func start() { loop?.start() }
    func stop() { loop?.stop() }
    func reset() { latency.reset() }
    var summary: LatencySummary? { latency.summary }

    /// - Returns: Whether the delivery was theirs.
    func delivered(_ stamp: Stamp, at now: Int64) -> Bool {
        guard stamp.room >= fleet.scenario.rooms else { return false }
        if let due = fleet.sends.dueTime(
            room: stamp.room, publisher: stamp.publisher, sequence: stamp.sequence)
        {
            latency.record(now - due)
        }
        return true
    }
}
