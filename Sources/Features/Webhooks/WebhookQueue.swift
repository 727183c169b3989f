import Bytes
import JSON
import Synchronization
import Telemetry

/// Events on their way to the owner's own service: in their order, one delivery at a time, each until it is taken.
///
/// What is taken twice has the same ids. What is lost, because too much waits or the service does not take it, is
/// counted, and the next delivery says how much.
public final class WebhookQueue: Sendable {
    /// Takes a body to the service.
    public typealias Delivery = @Sendable ([UInt8]) async -> WebhookAnswer

    private struct State {
        var waiting: [[UInt8]] = []
        var first = 0
        /// Lost and not told yet.
        var untold = 0
        var hasComplained = false
        var isClosing = false
        var worker: Task<Void, Never>?
        var pause: Task<Void, Never>?
        var figures = WebhookFigures()

        var count: Int { waiting.count - first }

        mutating func removeFirst(_ number: Int) {
            first += number
            // By halves, so that each is moved a few times at most.
            guard first == waiting.count || first > 64 && first * 2 > waiting.count else { return }
            waiting.removeFirst(first)
            first = 0
        }
    }

    /// What one delivery carries.
    private struct Batch {
        let events: Int
        let lost: Int
        let body: [UInt8]
    }

    private let settings: WebhookSettings
    private let deliver: Delivery
    private let state = Mutex(State())

    /// A queue.
    public init(_ settings: WebhookSettings = WebhookSettings(), deliver: @escaping Delivery) {
        self.settings = settings
        self.deliver = deliver
    }

    /// Counts since the start.
    public var figures: WebhookFigures {
        state.withLock { state in
            var figures = state.figures
            figures.waiting = state.count
            return figures
        }
    }

    /// Puts an event in, where there is room.
    ///
    /// - Parameter event: A JSON object.
    public func add(_ event: [UInt8]) {
        let isFirstLoss = state.withLock { state in
            guard state.count < settings.waiting else {
                state.figures.dropped += 1
                state.untold += 1
                defer { state.hasComplained = true }
                return !state.hasComplained
            }
            state.waiting.append(event)
            if state.worker == nil { state.worker = Task { await work() } }
            return false
        }
        if isFirstLoss {
            Log.error(
                "webhooks: \(settings.waiting) events wait, further ones are lost until the service takes some"
            )
        }
    }

    // MARK: Delivering

    private func work() async {
        var attempt = 1
        while !Task.isCancelled, let batch = next() {
            let answer = await deliver(batch.body)
            switch answer {
            case .taken:
                took(batch)
                attempt = 1
            case .later(let words, let after) where attempt < settings.attempts:
                failed(words, isFirst: attempt == 1)
                await wait(settings.pause(after: attempt, asked: after))
                attempt += 1
            case .later(let words, _), .refused(let words):
                lose(batch, words)
                attempt = 1
                // A service that wants none of it is not asked as fast as it can say so.
                await wait(settings.pause(after: 1, asked: nil))
            }
        }
    }

    /// The events whose turn it is; where there are none the worker ends.
    private func next() -> Batch? {
        let taken = state.withLock { state -> (events: [[UInt8]], lost: Int)? in
            guard state.count > 0 else {
                state.worker = nil
                return nil
            }
            return (Array(state.waiting[state.first...].prefix(settings.batch)), state.untold)
        }
        guard let (events, lost) = taken else { return nil }
        var body = Array(#"{"type":"events","dropped":\#(lost),"events":["#.utf8)
        for (index, event) in events.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += event
        }
        body += Array("]}".utf8)
        return Batch(events: events.count, lost: lost, body: body)
    }

    private func took(_ batch: Batch) {
        let lost = state.withLock { state in
            state.removeFirst(batch.events)
            state.figures.delivered += batch.events
            state.untold -= batch.lost
            guard state.untold == 0 else { return 0 }
            state.hasComplained = false
            return batch.lost
        }
        if lost > 0 {
            Log.notice("webhooks: the service takes events again; it was told that \(lost) are lost")
        }
    }

    private func failed(_ words: String, isFirst: Bool) {
        state.withLock { $0.figures.failures += 1 }
        if isFirst { Log.warning("webhooks: events wait for the service: \(words)") }
    }

    private func lose(_ batch: Batch, _ words: String) {
        guard !Task.isCancelled else { return }
        state.withLock { state in
            state.removeFirst(batch.events)
            state.figures.failures += 1
            state.figures.givenUp += batch.events
            state.untold += batch.events
        }
        Log.error("webhooks: \(batch.events) events are given up: \(words)")
    }

    /// A pause that ends early when the server stops.
    private func wait(_ milliseconds: Int64) async {
        let pause = state.withLock { state in
            let least = state.isClosing ? min(milliseconds, WebhookSettings.lastPause) : milliseconds
            let pause = Task { _ = try? await Task.sleep(for: .milliseconds(least)) }
            state.pause = pause
            return pause
        }
        await withTaskCancellationHandler {
            await pause.value
        } onCancel: {
            pause.cancel()
        }
    }

    // MARK: Stopping

    /// Delivers what waits, for as long as it may take; what is left then is lost.
    public func finish(within milliseconds: Int64) async {
        let worker = state.withLock { state in
            state.isClosing = true
            state.pause?.cancel()
            return state.worker
        }
        guard let worker else { return }
        let timer = Task {
            guard (try? await Task.sleep(for: .milliseconds(milliseconds))) != nil else { return }
            worker.cancel()
        }
        await worker.value
        timer.cancel()
        let left = figures.waiting
        if left > 0 { Log.error("webhooks: \(left) events are lost, the service did not take them in time") }
    }
}
