import Bytes
import Reactor

/// Members leave and come back at a rate while the others watch: the cost of a change, and whether all agree on who is
/// there when it is over.
final class PresenceScene: Scene {
    private enum Part { case boarding, churning, settling, done }

    private let fleet: Fleet
    private let probe: ServerProbe
    private let stage: Stage
    private let finish: (Outcome) -> Void
    private var boarding: Boarding?
    private var part = Part.boarding
    private var away: Set<Int> = []
    private var changes = 0
    private var words = 0
    private var wordsAtStart = 0
    private var counts: [Int: UInt64] = [:]
    private var timer: PreciseTimer?
    private var next = 0
    private var due: Int64 = 0

    init(_ fleet: Fleet, _ probe: ServerProbe, finish: @escaping (Outcome) -> Void) {
        self.fleet = fleet
        self.probe = probe
        self.finish = finish
        stage = Stage(fleet, probe)
    }

    func start() {
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in churn() }
        self.boarding = boarding
        boarding.start()
    }

    private func churn() {
        part = .churning
        do {
            timer = try PreciseTimer(on: fleet.loop) { [unowned self] in change() }
        } catch {
            return conclude("\(error)")
        }
        due = MonotonicClock.nanoseconds()
        wordsAtStart = words
        stage.begin()
        timer?.set(at: due)
        stage.after(fleet.scenario.measureMilliseconds) { [unowned self] in settle() }
    }

    /// One member goes; who went before comes back.
    private func change() {
        guard part == .churning else { return }
        let interval = Int64(1e9 / max(0.001, fleet.scenario.changesPerSecond))
        while due <= MonotonicClock.nanoseconds() {
            next = (next + 7) % fleet.clients.count
            let client = fleet.clients[next]
            if away.contains(next) {
                away.remove(next)
                client.open(fleet.request(client))
            } else if client.phase == .ready {
                away.insert(next)
                client.drop(byReset: fleet.scenario.resets)
            }
            changes += 1
            due += interval
        }
        timer?.set(at: due)
    }

    private func settle() {
        part = .settling
        stage.end()
        timer?.close()
        // The server's grace has to pass before all agree.
        let rest = fleet.scenario.restMilliseconds
        stage.after(min(1000, rest)) { [unowned self] in
            stage.settle(within: rest, until: { [unowned self] in disagreements.isEmpty }) {
                [unowned self] in conclude(nil)
            }
        }
    }

    private func conclude(_ problem: String?) {
        part = .done
        var outcome = Outcome(stage.measured, fleet)
        outcome.isOpenLoop = false
        if let problem { outcome.problems.append(problem) }
        let wrong = disagreements
        outcome.faults.lost += wrong.count
        outcome.problems += wrong.prefix(5)
        outcome.figures["changes"] = Double(changes)
        outcome.figures["CPU per change, µs"] =
            stage.measured.serverSeconds * 1e6 / Double(max(1, changes))
        outcome.figures["presence messages"] = Double(words - wordsAtStart)
        finish(outcome)
    }

    /// Everybody's last word on how many are there must be how many are there; those who were told otherwise.
    private var disagreements: [String] {
        fleet.members.prefix(fleet.scenario.rooms).flatMap { (members: [LoadClient]) -> [String] in
            let present = members.filter { $0.phase == .ready }
            return present.compactMap { client in
                guard let told = counts[client.seat.person], told != UInt64(present.count) else { return nil }
                return "person \(client.seat.person) was told of \(told) people, there are \(present.count)"
            }
        }
    }

    func ready(_ client: LoadClient) { if part == .boarding { boarding?.arrived() } }
    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {}
    func presence(_ client: LoadClient, _ text: Span<UInt8>) {
        words += 1
        guard let at = text.end(of: #""people_count":"#) else { return }
        counts[client.seat.person] = text.number(at: at)
    }

    func ended(_ client: LoadClient) {
        if part == .boarding { boarding?.arrived() }
        if part != .done { fleet.endedUnasked(client) }
    }
}
