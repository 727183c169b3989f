import Bytes
import Reactor

/// A symbol's price rises by 1 at each tick, and each person has an alert at every price: one tick fires one of each.
final class AlertScene: Scene {
    private enum Part { case making, boarding, firing, done }

    /// Between two ticks, in milliseconds: what one costs is over before the next.
    private static let pauseMilliseconds = 200
    /// Ticks before those that are measured.
    private static let warmUpTicks = 3

    private let fleet: Fleet
    private let stage: Stage
    private let tokens: Tokens
    private let finish: (Outcome) -> Void
    private var maker: Maker?
    private var boarding: Boarding?
    private var feed: PriceFeed?
    private var part = Part.making
    private var tick = 0
    private var due: Int64 = 0
    /// Who has been told of this tick's.
    private var told: Set<Int> = []
    private var deliveries = 0
    private var repeated = 0
    private var times = LatencyRecorder()
    private var last = LatencyRecorder()
    private var acknowledgements = LatencyRecorder()

    init(_ fleet: Fleet, _ probe: ServerProbe, _ tokens: Tokens, finish: @escaping (Outcome) -> Void) {
        self.fleet = fleet
        self.tokens = tokens
        self.finish = finish
        stage = Stage(fleet, probe)
        var plan = PricePlan()
        (plan.symbols, plan.feeds, plan.watched) = (1, 1, 1)
        fleet.prices = PriceLedger(plan, dashboards: 0)
    }

    private var ticks: Int { fleet.scenario.firings + AlertScene.warmUpTicks }

    func start(_ fail: @escaping (any Error) -> Void) {
        let people = fleet.clients.count
        let maker = Maker(fleet, count: people * ticks) { [tokens] number in
            .alert(of: number % people, at: number / people + 1, tokens)
        } finished: { [unowned self] problem in
            if let problem { fail(LoadError(problem)) } else { board(fail) }
        }
        self.maker = maker
        maker.start()
    }

    private func board(_ fail: @escaping (any Error) -> Void) {
        part = .boarding
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in
            do { try open() } catch { fail(error) }
        }
        self.boarding = boarding
        boarding.start()
    }

    private func open() throws {
        part = .firing
        let token = tokens.make(user: "feed_0", name: "Feed 0", publish: ["price:*"])
        let feed = PriceFeed(
            fleet, token, [0], batch: 1,
            answered: { [unowned self] _, _, due in
                if isMeasuring { acknowledgements.record(MonotonicClock.nanoseconds() - due) }
            }, failed: { [unowned self] in if part != .done { fleet.feedFailed($0) } })
        try feed.open()
        self.feed = feed
        next()
    }

    private var isMeasuring: Bool { tick > AlertScene.warmUpTicks }

    private func next() {
        guard tick < ticks else { return conclude() }
        tick += 1
        told = []
        if tick == AlertScene.warmUpTicks + 1 { stage.begin() }
        due = MonotonicClock.nanoseconds()
        feed?.tell(due: due)
        let limit = fleet.scenario.settleMilliseconds
        stage.settle(within: limit, until: { [unowned self] in told.count == fleet.clients.count }) {
            [unowned self] in stage.after(AlertScene.pauseMilliseconds) { [unowned self] in next() }
        }
    }

    private func conclude() {
        stage.end()
        part = .done
        feed?.close()
        var outcome = Outcome(stage.measured, fleet)
        outcome.measured.deliveries = deliveries
        outcome.latency = times.summary
        outcome.acknowledgements = acknowledgements.summary
        outcome.faults.lost += fleet.clients.count * fleet.scenario.firings - deliveries
        outcome.faults.repeated += repeated
        if let last = last.summary {
            outcome.figures["all told p50, ms"] = last.p50
            outcome.figures["all told max, ms"] = last.max
        }
        finish(outcome)
    }

    // MARK: What connections tell

    func ready(_ client: LoadClient) { if part == .boarding { boarding?.arrived() } }
    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {}

    func values(_ client: LoadClient, _ text: Span<UInt8>, at now: Int64) {
        guard part == .firing, told.insert(client.seat.person).inserted else { return repeated += 1 }
        guard isMeasuring else { return }
        deliveries += 1
        times.record(now - due)
        if told.count == fleet.clients.count { last.record(now - due) }
    }

    func ended(_ client: LoadClient) {
        if part == .boarding { boarding?.arrived() }
        if part != .done { fleet.endedUnasked(client) }
    }
}
