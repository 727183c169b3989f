import Bytes
import Reactor

/// Feeds tell prices, dashboards have those of their symbols: how old each is when it comes, and what it costs.
final class PriceScene: Scene {
    private enum Part { case boarding, warming, measuring, settling, done }

    private let fleet: Fleet
    private let plan: PricePlan
    private let stage: Stage
    private let tokens: Tokens
    private let finish: (Outcome) -> Void
    private var boarding: Boarding?
    private var feeds: [PriceFeed] = []
    private var timer: PreciseTimer?
    private var due = 0.0
    private var turn = 0
    private var part = Part.boarding
    private var ages = LatencyRecorder()
    private var acknowledgements = LatencyRecorder()
    private var stalled: Set<Int> = []
    private var stored = 0
    private var bytes = 0
    /// Before those who stopped read again.
    private var bytesBefore = 0
    private var start = Count()
    private var measured = Count()

    /// What was counted at a moment.
    private struct Count {
        var stored = 0
        var bytes = 0
        var demanded = 0
        var memory = 0
    }

    init(_ fleet: Fleet, _ probe: ServerProbe, _ tokens: Tokens, finish: @escaping (Outcome) -> Void) {
        self.fleet = fleet
        plan = fleet.scenario.prices ?? PricePlan()
        self.tokens = tokens
        self.finish = finish
        stage = Stage(fleet, probe)
        fleet.prices = PriceLedger(plan, dashboards: fleet.clients.count)
    }

    func start(_ fail: @escaping (any Error) -> Void) {
        let boarding = Boarding(fleet, fleet.clients) { [unowned self] in
            do { try warmUp() } catch { fail(error) }
        }
        self.boarding = boarding
        boarding.start()
    }

    // MARK: Parts

    private func warmUp() throws {
        part = .warming
        for number in 0..<plan.feeds {
            let own = (0..<plan.symbols).filter { $0 % plan.feeds == number }
            let token = tokens.make(user: "feed_\(number)", name: "Feed \(number)", publish: ["price:*"])
            let feed = PriceFeed(
                fleet, token, own, batch: plan.batch,
                answered: { [unowned self] in answered($0, $1, $2) },
                failed: { [unowned self] in failed($0) })
            try feed.open()
            feeds.append(feed)
        }
        due = Double(MonotonicClock.nanoseconds())
        if plan.ticksPerSecond != nil {
            timer = try PreciseTimer(on: fleet.loop) { [unowned self] in fire() }
            timer?.set(at: Int64(due))
        } else {
            for feed in feeds { feed.tell(due: Int64(due)) }
        }
        stage.after(fleet.scenario.warmUpMilliseconds) { [unowned self] in measure() }
    }

    /// At a rate, whatever comes back; feeds take turns.
    private func fire() {
        guard part == .warming || part == .measuring, let rate = plan.ticksPerSecond else { return }
        while Int64(due) <= MonotonicClock.nanoseconds() {
            feeds[turn].tell(due: Int64(due))
            turn = (turn + 1) % feeds.count
            due += 1e9 * Double(plan.batch) / rate
        }
        timer?.set(at: Int64(due))
    }

    private func measure() {
        part = .measuring
        let count = fleet.clients.count
        let wanted = fleet.scenario.stalled
        for number in 0..<wanted { stalled.insert(number * count / wanted) }
        for index in stalled { fleet.clients[index].stall() }
        ages.reset()
        acknowledgements.reset()
        start = total()
        stage.begin()
        stage.after(fleet.scenario.measureMilliseconds) { [unowned self] in settle() }
    }

    private func total() -> Count {
        Count(
            stored: stored, bytes: bytes, demanded: fleet.prices?.demanded ?? 0,
            memory: stage.probe.memoryBytes())
    }

    private func settle() {
        part = .settling
        stage.end()
        measured = total()
        timer?.close()
        let limit = fleet.scenario.settleMilliseconds
        // What is on its way to those who read comes first: then it is known what the others come back to.
        stage.settle(within: limit, until: { [unowned self] in isQuiet }) { [unowned self] in
            let since = MonotonicClock.nanoseconds()
            bytesBefore = bytes
            for index in stalled { fleet.clients[index].resume() }
            stage.settle(within: limit, until: { [unowned self] in stalled.allSatisfy(hasAll) }) {
                [unowned self] in conclude(Double(MonotonicClock.nanoseconds() - since) / 1e6)
            }
        }
    }

    private var isQuiet: Bool {
        !feeds.contains(where: \.isWaiting)
            && fleet.clients.indices.allSatisfy { stalled.contains($0) || hasAll($0) }
    }

    private func hasAll(_ dashboard: Int) -> Bool { fleet.prices?.missing(dashboard) == 0 }

    private func conclude(_ backMilliseconds: Double) {
        part = .done
        fleet.prices?.close()
        for feed in feeds { feed.close() }
        var outcome = Outcome(stage.measured, fleet)
        outcome.isOpenLoop = plan.ticksPerSecond != nil
        outcome.latency = ages.summary
        outcome.acknowledgements = acknowledgements.summary
        outcome.figures = figures
        if !stalled.isEmpty {
            outcome.figures["stopped readers have all, ms"] = backMilliseconds
            outcome.figures["read on return, MB each"] =
                Double(bytes - bytesBefore) / Double(stalled.count) / 1e6
        }
        finish(outcome)
    }

    private var figures: [String: Double] {
        let stage = stage.measured
        let seconds = max(stage.seconds, .leastNormalMagnitude)
        var figures = [
            "ticks stored/s": Double(measured.stored - start.stored) / seconds,
            "values demanded/s": Double(measured.demanded - start.demanded) / seconds,
            "memory growth, MB": Double(measured.memory - start.memory) / 1e6,
        ]
        if stage.deliveries > 0 {
            figures["bytes per value"] = Double(measured.bytes - start.bytes) / Double(stage.deliveries)
        }
        return figures
    }

    // MARK: What connections tell

    func ready(_ client: LoadClient) { if part == .boarding { boarding?.arrived() } }
    func delivered(_ stamp: Stamp, to client: LoadClient, at now: Int64) {}

    func values(_ client: LoadClient, _ text: Span<UInt8>, at now: Int64) {
        bytes += text.count
        let dashboard = client.seat.person
        let counts = (part == .measuring || part == .settling) && !stalled.contains(dashboard)
        var reader = PriceText(text)
        while let value = reader.next(text) {
            let due = fleet.prices?.take(value.symbol, value.price, dashboard: dashboard)
            if counts, let due { ages.record(now - due) }
        }
        if reader.isDamaged { fleet.prices?.damaged() }
    }

    private func answered(_ feed: PriceFeed, _ accepted: Int, _ due: Int64) {
        stored += accepted
        if part == .measuring { acknowledgements.record(MonotonicClock.nanoseconds() - due) }
        guard plan.ticksPerSecond == nil, part == .warming || part == .measuring else { return }
        feed.tell(due: MonotonicClock.nanoseconds())
    }

    private func failed(_ words: String) { if part != .done { fleet.feedFailed(words) } }

    func ended(_ client: LoadClient) {
        if part == .boarding { boarding?.arrived() }
        if part != .done { fleet.endedUnasked(client) }
    }
}
