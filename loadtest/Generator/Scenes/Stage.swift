import Reactor

/// A scene's clock and measures: warms up, measures for a while, waits for what is on its way.
final class Stage: TimerTarget {
    private enum Timer: UInt8 { case warm, measured, settle, late }

    let fleet: Fleet
    let probe: ServerProbe
    private(set) var measured = Measured()
    private var start = Sample()
    private var isMeasuring = false
    private var timer = TimerID.none
    private var onTimer: () -> Void = {}

    init(_ fleet: Fleet, _ probe: ServerProbe) {
        self.fleet = fleet
        self.probe = probe
    }

    /// Runs something after a while.
    func after(_ milliseconds: Int, _ work: @escaping () -> Void) {
        onTimer = work
        timer = fleet.loop.startTimer(after: Int64(milliseconds), kind: 0, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        let work = onTimer
        onTimer = {}
        work()
    }

    /// Begins to count.
    func begin() { start = sample() }

    /// Ends to count.
    func end() {
        let now = sample()
        measured.seconds = Double(now.nanoseconds - start.nanoseconds) / 1e9
        measured.serverSeconds = now.server - start.server
        measured.ownSeconds = now.own - start.own
        if probe.redis != nil { measured.redisSeconds = now.redis - start.redis }
        measured.deliveries = now.deliveries - start.deliveries
        measured.publications = now.publications - start.publications
        measured.memoryBytes = probe.memoryBytes()
    }

    /// What came of a stage that measured how it went for a crowd, and for those beside it.
    func outcome(beside bystanders: Bystanders, _ figures: [String: Double]) -> Outcome {
        fleet.closeLedger()
        var outcome = Outcome(measured, fleet)
        outcome.isOpenLoop = false
        outcome.bystanders = bystanders.summary
        outcome.figures = figures
        return outcome
    }

    private func sample() -> Sample {
        Sample(
            nanoseconds: MonotonicClock.nanoseconds(), server: probe.processorSeconds(),
            redis: probe.redisSeconds(), own: ProcessorClock.seconds(), deliveries: fleet.deliveries,
            publications: fleet.publications)
    }

    /// Waits until `isDone`, at most so long, and goes on either way.
    func settle(within milliseconds: Int, until isDone: @escaping () -> Bool, then: @escaping () -> Void) {
        guard !isDone(), milliseconds > 0 else { return then() }
        after(20) { [unowned self] in settle(within: milliseconds - 20, until: isDone, then: then) }
    }

    private struct Sample {
        var nanoseconds: Int64 = 0
        var server = 0.0
        var redis = 0.0
        var own = 0.0
        var deliveries = 0
        var publications = 0
    }
}

/// What a stage counted.
struct Measured: Codable, Sendable {
    var seconds = 0.0
    /// The server's CPU time.
    var serverSeconds = 0.0
    /// The CPU time of the Redis between servers, where there is one.
    var redisSeconds: Double?
    /// The load's own CPU time.
    var ownSeconds = 0.0
    var deliveries = 0
    var publications = 0
    /// The server's anonymous memory at the end.
    var memoryBytes = 0
}
