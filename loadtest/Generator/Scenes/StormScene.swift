import Reactor

/// All members drop at once and come back, while their rooms go on: how long, at what cost, what the others feel, and
/// whether each got exactly what it missed.
final class StormScene: Scene {
    private enum Part { case boarding, talking, away, returning, done }

    private let fleet: Fleet
    private let probe: ServerProbe
    private let stage: Stage
    private let bystanders: Bystanders
    private let finish: (Outcome) -> Void
    private var boarding: Boarding?
    private var part = Part.boarding
    private var crowd: [LoadClient]
    private var startedAt: Int64 = 0
    private var figures: [String: Double] = [:]

    init(_ fleet: Fleet, _ probe: ServerProbe, finish: @escaping (Outcome) -> Void) throws {
        self.fleet = fleet
        self.probe = probe
        self.finish = finish
        stage = Stage(fleet, probe)
        bystanders = try Bystanders(fleet)
        fleet.followsPositions = true
        crowd = fleet.clients.filter {
            $0.seat.room < fleet.scenario.rooms && $0.seat.publisher == nil
        }
    }

    func start() {
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in talk() }
        self.boarding = boarding
        boarding.start()
    }

    /// Each room says something, so that everybody has a place to come back to.
    private func talk() {
        part = .talking
        bystanders.start()
        sayInEveryRoom(1)
        stage.after(fleet.scenario.warmUpMilliseconds) { [unowned self] in drop() }
    }

    private func sayInEveryRoom(_ count: Int) {
        for room in 0..<fleet.scenario.rooms {
            fleet.publish(fleet.publishers[room][0], count: count, due: MonotonicClock.nanoseconds())
        }
    }

    private func drop() {
        part = .away
        for client in crowd { client.drop(byReset: fleet.scenario.resets) }
        // Here, where nobody's latency counts: signing thousands of tokens takes a while.
        boarding = Boarding(fleet, crowd) { [unowned self] in allAreBack() }
        stage.after(100) { [unowned self] in
            sayInEveryRoom(fleet.scenario.missed)
            stage.after(500) { [unowned self] in comeBack() }
        }
    }

    private func comeBack() {
        part = .returning
        bystanders.reset()
        stage.begin()
        startedAt = MonotonicClock.nanoseconds()
        boarding?.start()
    }

    private func allAreBack() {
        stage.end()
        part = .done
        figures["all back, s"] = Double(MonotonicClock.nanoseconds() - startedAt) / 1e9
        figures["CPU per return, µs"] = stage.measured.serverSeconds * 1e6 / Double(crowd.count)
        let expected = fleet.scenario.rooms * fleet.scenario.members
        figures["returns"] = Double(crowd.count)
        bystanders.stop()
        stage.settle(within: fleet.scenario.settleMilliseconds, until: { [unowned self] in hasAll(expected) })
        { [unowned self] in
            finish(stage.outcome(beside: bystanders, figures))
        }
    }

    private func hasAll(_ expected: Int) -> Bool {
        fleet.ledger.deliveries >= expected * (1 + fleet.scenario.missed)
            + bystanders.deliveriesDue
    }

    func ready(_ client: LoadClient) {
        if part == .boarding || part == .returning { boarding?.arrived() }
    }

    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {
        _ = bystanders.delivered(stamp, at: now)
    }

    func ended(_ client: LoadClient) {
        if part == .boarding || part == .returning { boarding?.arrived() }
        if part != .done { fleet.endedUnasked(client) }
    }
}
