import Bytes
import Reactor

/// Publishers send, members receive: raw fan-out, durable chat, readers that stop, and echo.
final class FanoutScene: Scene {
    private enum Part { case boarding, warming, measuring, settling, done }

    /// How long readers that were given up have to find out.
    private static let slowCloseMilliseconds = 3000

    private let fleet: Fleet
    private let stage: Stage
    private let finish: (Outcome) -> Void
    private var boarding: Boarding?
    private var arrivals: (any Arrivals)?
    private var part = Part.boarding
    private var latency = LatencyRecorder()
    /// Of deliveries to those who are at another server than the publisher; of all where there is one server.
    private var across = LatencyRecorder()
    private var acknowledgements = LatencyRecorder()
    private var stalled: [Int: LoadClient] = [:]
    private var slowCloses = 0
    private var acknowledged = 0

    init(_ fleet: Fleet, _ probe: ServerProbe, finish: @escaping (Outcome) -> Void) {
        self.fleet = fleet
        self.finish = finish
        stage = Stage(fleet, probe)
    }

    func start() {
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in warmUp() }
        self.boarding = boarding
        boarding.start()
    }

    // MARK: Parts

    private func warmUp() {
        part = .warming
        do {
            arrivals = try makeArrivals()
        } catch {
            fatal("\(error)")
            return
        }
        arrivals?.start()
        stage.after(fleet.scenario.warmUpMilliseconds) { [unowned self] in measure() }
    }

    private func makeArrivals() throws -> any Arrivals {
        let scenario = fleet.scenario
        if let rate = scenario.arrival.deliveriesPerSecond {
            return try OpenLoop(
                fleet, rooms: 0..<scenario.rooms, publicationsPerSecond: rate / Double(scenario.members),
                isPoisson: scenario.arrival.pattern != .even)
        }
        return ClosedLoop(
            fleet, inFlight: scenario.arrival.inFlight ?? 1, burst: scenario.arrival.burst ?? 1,
            receivers: scenario.members)
    }

    private func measure() {
        part = .measuring
        stallSome()
        latency.reset()
        across.reset()
        acknowledgements.reset()
        stage.begin()
        stage.after(fleet.scenario.measureMilliseconds) { [unowned self] in settle() }
    }

    /// Every so-manieth member stops reading; publishers and those of rooms with few members first go on.
    private func stallSome() {
        let candidates = fleet.members.joined().filter { $0.seat.publisher == nil }
        guard fleet.scenario.stalled > 0, !candidates.isEmpty else { return }
        let step = max(1, candidates.count / fleet.scenario.stalled)
        for client in candidates.enumerated().lazy.filter({ $0.offset % step == 0 })
            .prefix(fleet.scenario.stalled).map(\.element)
        {
            stalled[client.seat.person] = client
            client.stall()
        }
    }

    private func settle() {
        part = .settling
        stage.end()
        arrivals?.stop()
        // They read again, and find out whether they were given up.
        for client in stalled.values { client.resume() }
        let limit = fleet.scenario.settleMilliseconds
        let grace = stalled.isEmpty ? 0 : min(limit, FanoutScene.slowCloseMilliseconds)
        stage.settle(within: limit, until: { [unowned self] in hasAll }) { [unowned self] in
            stage.settle(within: grace, until: { [unowned self] in slowCloses == stalled.count }) {
                [unowned self] in conclude()
            }
        }
    }

    private var unacknowledged: Int {
        fleet.driver.acknowledges ? fleet.sends.total - acknowledged : 0
    }

    private var hasAll: Bool {
        guard stalled.isEmpty else { return unacknowledged == 0 && hasAllHealthy }
        return unacknowledged == 0
            && fleet.ledger.deliveries >= fleet.sends.total * fleet.scenario.members
    }

    private var hasAllHealthy: Bool {
        var copy = fleet.ledger
        let before = copy.faults.lost
        for client in fleet.clients where stalled[client.seat.person] == nil {
            guard let subscriber = client.subscriber else { continue }
            copy.close(subscriber: subscriber) {
                fleet.sends.count(room: client.seat.room, publisher: $0)
            }
        }
        return copy.faults.lost == before
    }

    private func conclude() {
        guard part != .done else { return }
        part = .done
        fleet.closeLedger { [unowned self] in stalled[$0.seat.person] != nil }
        var outcome = Outcome(stage.measured, fleet)
        outcome.latency = latency.summary
        outcome.acknowledgements = acknowledgements.summary
        outcome.across = across.summary
        if unacknowledged > 0 {
            outcome.problems.append("\(unacknowledged) sends were never acknowledged")
            outcome.faults.lost += unacknowledged
        }
        if fleet.scenario.stalled > 0 { outcome.figures["slow closes"] = Double(slowCloses) }
        finish(outcome)
    }

    private func fatal(_ words: String) {
        var outcome = Outcome(stage.measured, fleet)
        outcome.faults.refused += 1
        outcome.problems.append(words)
        part = .done
        finish(outcome)
    }

    // MARK: What clients tell

    func ready(_ client: LoadClient) { boarding?.arrived() }

    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {
        if part == .measuring || part == .settling, !isStalled(client),
            let due = fleet.sends.dueTime(
                room: stamp.room, publisher: stamp.publisher, sequence: stamp.sequence)
        {
            latency.record(now - due)
            if isAcross(stamp, client) { across.record(now - due) }
        }
        arrivals?.delivered(in: stamp.room)
    }

    private func isAcross(_ stamp: Stamp, _ client: LoadClient) -> Bool {
        fleet.target.addresses.count == 1
            || fleet.publishers[stamp.room][stamp.publisher].seat.instance != client.seat.instance
    }

    private func isStalled(_ client: LoadClient) -> Bool {
        !stalled.isEmpty && stalled[client.seat.person] != nil
    }

    func acknowledged(_ number: UInt32, by client: LoadClient, at now: Int64) {
        guard let publisher = client.seat.publisher else { return }
        acknowledged += 1
        guard part == .measuring,
            let due = fleet.sends.dueTime(
                room: client.seat.room, publisher: publisher, sequence: number)
        else { return }
        acknowledgements.record(now - due)
    }

    func ended(_ client: LoadClient) {
        if part == .boarding { return boarding?.arrived() ?? () }
        guard part != .done else { return }
        if stalled[client.seat.person] != nil {
            slowCloses += 1
        } else {
            fleet.endedUnasked(client)
        }
    }
}
