import Glibc
import Reactor

/// One of several servers is killed while rooms go on; its members come back to the others: how long until all are
/// there, what those at the others feel, and whether each got exactly what it missed.
final class KillScene: Scene {
    private enum Part { case boarding, talking, returning, done }

    private let fleet: Fleet
    private let stage: Stage
    private let bystanders: Bystanders
    private let talk: OpenLoop
    private let finish: (Outcome) -> Void
    private let victim: pid_t
    private let crowd: [LoadClient]
    /// Those of the crowd who are still at the server that is killed.
    private var connected: Set<Int>
    private var boarding: Boarding?
    private var part = Part.boarding
    private var startedAt: Int64 = 0
    private var figures: [String: Double] = [:]

    /// - Throws: ``LoadError`` where there is one server only.
    init(_ fleet: Fleet, _ probe: ServerProbe, finish: @escaping (Outcome) -> Void) throws {
        guard let victim = probe.processes.last, probe.processes.count > 1 else {
            throw LoadError("\(fleet.scenario.name) needs several servers")
        }
        self.fleet = fleet
        self.finish = finish
        self.victim = victim
        var survivors = probe
        survivors.processes.removeLast()
        stage = Stage(fleet, survivors)
        bystanders = try Bystanders(fleet)
        let scenario = fleet.scenario
        talk = try OpenLoop(
            fleet, rooms: 0..<scenario.rooms,
            publicationsPerSecond: (scenario.arrival.deliveriesPerSecond ?? 1) / Double(scenario.members),
            isPoisson: scenario.arrival.pattern != .even)
        fleet.followsPositions = true
        crowd = fleet.clients.filter { $0.seat.instance == fleet.survivors }
        connected = Set(crowd.map(\.seat.person))
    }

    func start() {
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in begin() }
        self.boarding = boarding
        boarding.start()
    }

    private func begin() {
        part = .talking
        bystanders.start()
        talk.start()
        stage.after(fleet.scenario.warmUpMilliseconds) { [unowned self] in strike() }
    }

    private func strike() {
        part = .returning
        // Made by those that the end of their connection sends elsewhere, from where each of them is by then.
        boarding = Boarding(fleet, crowd, isPrepared: false) { [unowned self] in allAreBack() }
        for client in crowd { client.move(to: client.seat.person % fleet.survivors) }
        bystanders.reset()
        stage.begin()
        startedAt = MonotonicClock.nanoseconds()
        kill(victim, SIGKILL)
    }

    private func allAreBack() {
        stage.end()
        figures["all back, s"] = Double(MonotonicClock.nanoseconds() - startedAt) / 1e9
        figures["returns"] = Double(crowd.count)
        part = .done
        bystanders.stop()
        talk.stop()
        stage.settle(
            within: fleet.scenario.settleMilliseconds, until: { [unowned self] in hasAll }
        ) { [unowned self] in finish(stage.outcome(beside: bystanders, figures)) }
    }

    private var hasAll: Bool {
        let due = (0..<fleet.scenario.rooms).reduce(bystanders.deliveriesDue) {
            $0 + Int(fleet.sends.count(room: $1, publisher: 0)) * fleet.scenario.members
        }
        return fleet.ledger.deliveries >= due
    }

    func ready(_ client: LoadClient) {
        if part == .boarding || part == .returning { boarding?.arrived() }
    }

    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {
        _ = bystanders.delivered(stamp, at: now)
    }

    func ended(_ client: LoadClient) {
        if part == .boarding { boarding?.arrived() }
        if part == .returning, connected.remove(client.seat.person) != nil {
            if connected.isEmpty { boarding?.start() }
            return
        }
        if part == .returning { boarding?.arrived() }
        if part != .done { fleet.endedUnasked(client) }
    }
}
