import Reactor

/// Connections come, join and stay: what each costs to make and to keep.
final class IdleScene: Scene {
    private let fleet: Fleet
    private let probe: ServerProbe
    private let stage: Stage
    private let bystanders: Bystanders
    private let finish: (Outcome) -> Void
    private var boarding: Boarding?
    private var crowd: Boarding?
    private var memoryBefore = 0
    private var startedAt: Int64 = 0
    private var figures: [String: Double] = [:]
    private var isBoardingCrowd = false

    init(_ fleet: Fleet, _ probe: ServerProbe, finish: @escaping (Outcome) -> Void) throws {
        self.fleet = fleet
        self.probe = probe
        self.finish = finish
        stage = Stage(fleet, probe)
        bystanders = try Bystanders(fleet)
    }

    func start() {
        // Signing thousands of tokens takes a while: before anybody's latency counts.
        crowd = Boarding(fleet, fleet.clients.filter { $0.seat.room < fleet.scenario.rooms }) {
            [unowned self] in allAreThere()
        }
        board(Bystanders.clients(of: fleet)) { [unowned self] in
            bystanders.start()
            stage.after(fleet.scenario.warmUpMilliseconds) { [unowned self] in boardCrowd() }
        }
    }

    private func board(_ clients: [LoadClient], finished: @escaping () -> Void) {
        let boarding = Boarding(fleet, clients, finished: finished)
        self.boarding = boarding
        boarding.start()
    }

    private func boardCrowd() {
        isBoardingCrowd = true
        boarding = crowd
        memoryBefore = probe.memoryBytes()
        bystanders.reset()
        stage.begin()
        startedAt = MonotonicClock.nanoseconds()
        boarding?.start()
    }

    private func allAreThere() {
        stage.end()
        let count = Double(fleet.clients.count { $0.seat.room < fleet.scenario.rooms })
        figures["connect and join, s"] = Double(MonotonicClock.nanoseconds() - startedAt) / 1e9
        figures["CPU per connection, µs"] = stage.measured.serverSeconds * 1e6 / count
        // What was held for a moment only is given back while nothing happens.
        stage.after(fleet.scenario.measureMilliseconds) { [unowned self] in weigh(count) }
    }

    private func weigh(_ count: Double) {
        figures["memory per connection, B"] = Double(probe.memoryBytes() - memoryBefore) / count
        figures["peak memory, MB"] = Double(probe.peakBytes()) / 1e6
        bystanders.stop()
        stage.after(min(1000, fleet.scenario.restMilliseconds)) { [unowned self] in rest() }
    }

    /// Nobody says anything now: what remains is the price of being connected.
    private func rest() {
        let before = probe.processorSeconds()
        let seconds = Double(fleet.scenario.restMilliseconds) / 1000
        stage.after(fleet.scenario.restMilliseconds) { [unowned self] in
            let spent = probe.processorSeconds() - before
            figures["idle CPU, % of a core"] = spent / max(0.001, seconds) * 100
            var outcome = stage.outcome(beside: bystanders, figures)
            outcome.measured.deliveries = 0
            finish(outcome)
        }
    }

    func ready(_ client: LoadClient) { boarding?.arrived() }
    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {
        _ = bystanders.delivered(stamp, at: now)
    }

    func ended(_ client: LoadClient) {
        if client.phase == .gone, isBoardingCrowd { boarding?.arrived() }
        fleet.endedUnasked(client)
    }
}
