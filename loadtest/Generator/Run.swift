import Foundation
import Outbound
import Reactor
import Synchronization

/// One scenario on one server, from start to end.
struct Run {
    var scenario: Scenario
    var plan: RunningServer.Plan
    /// Whose thread starts the server and outlives it.
    var keeper: LoopHost
    var progress: Progress

    /// Starts the server, runs the scenario over a loop of our own, ends the server.
    ///
    /// - Throws: ``LoadError`` where it could not be done at all.
    func callAsFunction() async throws -> Outcome {
        let directory = plan.directory + "/run-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var plan = plan
        plan.directory = directory
        plan.settings.merge(scenario.settings) { $1 }
        var outcome = try await underLoad(plan)
        outcome.figures.merge(try diskFigures(plan)) { $1 }
        if let bare = outcome.figures["bare SQLite, messages/s"], bare > 0 {
            outcome.figures["of bare SQLite"] = (outcome.value(of: "publications/s") ?? 0) / bare
        }
        return outcome
    }

    /// The part with the server: what is measured afterwards has the disk for itself.
    private func underLoad(_ plan: RunningServer.Plan) async throws -> Outcome {
        let deployment = try await start(plan)
        defer { deployment.stop() }
        let target = Target(
            addresses: deployment.servers.map(\.address),
            tls: try plan.certificate.map { try TLSContext(authorityPath: $0.certificatePath) },
            offersDeflate: plan.offersDeflate)
        var outcome = try await perform(target, deployment.probe)
        outcome.server = plan.kind.name
        outcome.version = deployment.servers[0].version
        if let seconds = outcome.measured.redisSeconds, outcome.measured.publications > 0 {
            outcome.figures["Redis CPU per publication, µs"] =
                seconds * 1e6 / Double(outcome.measured.publications)
        }
        return outcome
    }

    /// What the disk does, beside a server that waits for it.
    private func diskFigures(_ plan: RunningServer.Plan) throws -> [String: Double] {
        // With a PostgreSQL it is not this disk alone that a server waits for.
        let isDurable =
            scenario.channel == .room && scenario.kind == .fanout
            || [.prices, .alerts].contains(scenario.kind)
        guard plan.kind == .stoa, isDurable else { return [:] }
        var figures = try DiskProbe.figures(in: plan.directory)
        if let group = scenario.bareGroup {
            let folder = URL(fileURLWithPath: plan.program).deletingLastPathComponent().path
            let bare = BareStore(program: folder + "/stoa-store-bench", processor: plan.processor)
            figures["bare SQLite, messages/s"] = try bare.messagesPerSecond(
                in: plan.directory + "/bare", rooms: scenario.rooms, group: group)
        }
        return figures
    }

    private func start(_ plan: RunningServer.Plan) async throws -> Deployment {
        try await withCheckedThrowingContinuation { [sharesStore = scenario.channel == .room] continuation in
            keeper.perform { _ in
                continuation.resume(with: Result { try Deployment(plan, sharingStore: sharesStore) })
            }
        }
    }

    private func perform(_ target: Target, _ probe: ServerProbe) async throws -> Outcome {
        let host = try await LoopHost()
        let tokens = Tokens(secret: plan.secret)
        let run = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        let driver = plan.kind.driver(scenario, tokens: tokens, run: run)
        let needsRooms = plan.kind.instances != nil && scenario.channel == .room
        return try await withCheckedThrowingContinuation { continuation in
            host.perform { [scenario, progress] loop in
                let stage = Performance(
                    Fleet(loop, driver, target, scenario), probe, tokens, progress, continuation, host)
                stage.start(makingRooms: needsRooms)
            }
        }
    }
}

/// Keeps a scene and its fleet alive until the scene is over.
private final class Performance {
    private let fleet: Fleet
    private let probe: ServerProbe
    private let tokens: Tokens
    private let ticker: Ticker
    private var patience = TimerID.none
    private var host: LoopHost?
    private var continuation: CheckedContinuation<Outcome, any Error>?
    private var scene: (any Scene)?
    private var maker: Maker?
    private var itself: Performance?

    init(
        _ fleet: Fleet, _ probe: ServerProbe, _ tokens: Tokens, _ progress: Progress,
        _ continuation: CheckedContinuation<Outcome, any Error>, _ host: LoopHost
    ) {
        self.fleet = fleet
        self.probe = probe
        self.tokens = tokens
        ticker = Ticker(fleet, progress)
        self.continuation = continuation
        self.host = host
    }

    func start(makingRooms needsRooms: Bool) {
        itself = self
        let watch = Later { [unowned self] in giveUp() }
        let own = fleet.scenario.warmUpMilliseconds + fleet.scenario.measureMilliseconds
        let limit = own + fleet.scenario.patienceMilliseconds
        patience = fleet.loop.startTimer(after: Int64(limit), kind: 0, target: watch)
        guard needsRooms else { return begin() }
        let maker = Maker(fleet, count: fleet.members.count) { [tokens] in
            .room($0, tokens)
        } finished: {
            [unowned self] problem in
            if let problem { end(.failure(LoadError(problem))) } else { begin() }
        }
        self.maker = maker
        maker.start()
    }

    private func begin() {
        ticker.start()
        let finish: (Outcome) -> Void = { [unowned self] in end(.success($0)) }
        do {
            switch fleet.scenario.kind {
            case .echo, .fanout:
                let scene = FanoutScene(fleet, probe, finish: finish)
                play(scene, scene.start)
            case .idle:
                let scene = try IdleScene(fleet, probe, finish: finish)
                play(scene, scene.start)
            case .storm:
                let scene = try StormScene(fleet, probe, finish: finish)
                play(scene, scene.start)
            case .kill:
                let scene = try KillScene(fleet, probe, finish: finish)
                play(scene, scene.start)
            case .presence:
                let scene = PresenceScene(fleet, probe, finish: finish)
                play(scene, scene.start)
            case .prices:
                let scene = PriceScene(fleet, probe, tokens, finish: finish)
                play(scene) { scene.start { [unowned self] in end(.failure($0)) } }
            case .alerts:
                let scene = AlertScene(fleet, probe, tokens, finish: finish)
                play(scene) { scene.start { [unowned self] in end(.failure($0)) } }
            }
        } catch {
            end(.failure(error))
        }
    }

    /// A server that is silent must not keep us for ever.
    private func giveUp() {
        let words = fleet.problems.isEmpty ? "" : ": " + fleet.problems.joined(separator: "; ")
        let ready = fleet.clients.count { $0.phase == .ready }
        end(
            .failure(
                LoadError(
                    "\(fleet.scenario.name) came to no end; "
                        + "\(ready) of \(fleet.clients.count) connections are ready\(words)")))
    }

    private func play(_ scene: any Scene, _ start: () -> Void) {
        self.scene = scene
        fleet.scene = scene
        start()
    }

    private func end(_ result: Result<Outcome, any Error>) {
        guard let continuation else { return }
        self.continuation = nil
        ticker.stop()
        fleet.loop.cancelTimer(&patience)
        fleet.scene = nil
        for client in fleet.clients { client.drop(byReset: true) }
        continuation.resume(with: result)
        // The loop lets go of the connections at the end of this turn; a timer comes after it.
        let last = Later { [unowned self] in
            host = nil
            itself = nil
        }
        _ = fleet.loop.startTimer(after: 10, kind: 0, target: last)
    }

    private final class Later: TimerTarget {
        private let work: () -> Void
        init(_ work: @escaping () -> Void) { self.work = work }
        func timerFired(kind: UInt8) { work() }
    }
}
