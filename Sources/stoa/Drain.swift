import Gateway
import Reactor
import Storage
import Synchronization
import Telemetry

/// How the server stops, once it is asked to: it says so, gives clients time to go, closes what is left.
///
/// ```
/// asked ── linger ──┬───────────── window ─────────────┬── close ──┐
/// not ready,        no new                             4000 to     gone
/// reconnect hints   connections                        the rest
/// ```
///
/// The window ends early when nobody is left, or when it is asked a second time; a third time it waits for nobody.
final class Drain: Sendable {
    /// Times, in milliseconds.
    struct Settings {
        /// From the first hint to the close of whoever is left.
        var window: Int64 = 10_000
        /// Of that, how long new connections are taken.
        var linger: Int64 = 250
        /// From the close to the end.
        var close: Int64 = 5_000
    }

    private enum Stage: Int, Comparable {
        case running, draining, hurried, atOnce

        static func < (one: Stage, other: Stage) -> Bool { one.rawValue < other.rawValue }
    }

    private let settings: Settings
    private let stage = Mutex(Stage.running)
    private let beginning = AsyncStream<Void>.makeStream()
    /// Within which those are told to come back who have no more time.
    private static let hurriedWindow: Int64 = 1000
    private static let look = Duration.milliseconds(20)

    init(_ settings: Settings) { self.settings = settings }

    // MARK: Asking

    /// A signal: the first begins, the second hurries, a third waits for nobody.
    func demand() { move { Stage(rawValue: $0.rawValue + 1) ?? .atOnce } }

    /// What the operator asks for through the API.
    var requests: DrainRequests {
        DrainRequests(milliseconds: settings.window + settings.close) { [self] hurries in
            move { max($0, hurries ? .hurried : .draining) }
        }
    }

    private func move(_ next: (Stage) -> Stage) {
        stage.withLock { $0 = next($0) }
        beginning.continuation.yield()
    }

    private var isHurried: Bool { stage.withLock { $0 >= .hurried } }
    private var waitsForNobody: Bool { stage.withLock { $0 == .atOnce } }

    /// Returns once it has been asked to stop.
    func begun() async {
        for await _ in beginning.stream { return }
    }

    // MARK: Stopping

    /// Takes the connections through it; returns when they are gone, or have had their time.
    func run(
        _ doors: [Mailbox<GatewayMail>], _ log: MessageLog, _ count: () async -> ConnectionCount
    ) async {
        let start = MonotonicClock.milliseconds()
        Log.notice(
            "stopping: clients have \(settings.window) ms to go elsewhere; asked again, it closes them at once"
        )
        for door in doors { door.post(.announceDrain(windowMilliseconds: settings.window)) }
        await wait(until: start + min(settings.linger, settings.window)) { true }
        for door in doors { door.post(.turnAway) }
        // For connections that have begun to be there.
        if !waitsForNobody { try? await Task.sleep(for: Drain.look) }
        for door in doors { door.post(.closeListeners) }
        await wait(until: start + settings.window) { await count().busy > 0 }
        if isHurried {
            Log.notice("stopping now: asked again")
            for door in doors { door.post(.announceDrain(windowMilliseconds: Drain.hurriedWindow)) }
        }
        // What has been sent is durable and told before anybody is closed.
        await log.drain()
        for door in doors { door.post(.closeAll) }
        let end = MonotonicClock.milliseconds() + settings.close
        while !waitsForNobody, MonotonicClock.milliseconds() < end, await count().all > 0 {
            try? await Task.sleep(for: Drain.look)
        }
        await log.drain()
    }

    private func wait(until end: Int64, _ goesOn: () async -> Bool) async {
        while !isHurried, MonotonicClock.milliseconds() < end, await goesOn() {
            try? await Task.sleep(for: Drain.look)
        }
    }
}

extension Configuration {
    /// How the server stops. Whoever tries it by hand does not wait, unless they say so.
    var drain: Drain.Settings {
        let isTried = flag("dev") && source("drain.window_ms") == "default"
        return Drain.Settings(
            window: isTried ? 0 : integer("drain.window_ms"), linger: integer("drain.linger_ms"),
            close: integer("drain.close_ms"))
    }
}
