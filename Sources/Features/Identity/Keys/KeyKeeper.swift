import Bytes
import Cryptography
import Synchronization
import Telemetry

/// Keeps an issuer's published keys fresh: fetches them now and then, and when a token names one that is not known.
///
/// The last keys go on while the address does not answer, up to a greatest age; then none of them is trusted.
final class KeyKeeper: Sendable {
    private struct State {
        var isFetching = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var lastStart: ContinuousClock.Instant?
        var lastSuccess: ContinuousClock.Instant?
        var failures = 0
        var digest: [UInt8] = []
        var maxAge: Int64?
        var refresh: Task<Void, Never>?
    }

    /// How many tokens may wait for one fetch; more than there are people who sign in within it.
    private static let waitingLimit = 4096

    private let url: String
    private let name: String
    private let settings: KeyFetchSettings
    private let fetch: KeyFetch
    private let publish: @Sendable ([VerificationKey]?) -> Void
    private let state = Mutex(State())

    init(
        url: String, name: String, settings: KeyFetchSettings, fetch: @escaping KeyFetch,
        publish: @escaping @Sendable ([VerificationKey]?) -> Void
    ) {
        self.url = url
        self.name = name
        self.settings = settings
        self.fetch = fetch
        self.publish = publish
    }

    // MARK: Asking

    /// Whether asking now could bring keys: a fetch is on its way, or the last one began a cool-down ago.
    var isWorthAsking: Bool {
        state.withLock { state in
            state.isFetching ? state.waiting.count < KeyKeeper.waitingLimit : isCool(state)
        }
    }

    private func isCool(_ state: State) -> Bool {
        guard let last = state.lastStart else { return true }
        return last.duration(to: .now) >= .milliseconds(settings.coolDownMilliseconds)
    }

    /// Fetches, or waits for the fetch that is on its way; within the cool-down it does nothing.
    func ask() async {
        await withCheckedContinuation { continuation in
            let begins = state.withLock { state -> Bool in
                guard state.isFetching || isCool(state) else {
                    continuation.resume()
                    return false
                }
                state.waiting.append(continuation)
                guard !state.isFetching else { return false }
                state.isFetching = true
                state.lastStart = .now
                return true
            }
            if begins { Task { await self.run() } }
        }
    }

    private func run() async {
        let answer = await fetch(url)
        take(answer)
        let waiting = state.withLock { state in
            state.isFetching = false
            let waiting = state.waiting
            state.waiting = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    // MARK: Answers

    private func take(_ answer: Result<FetchedKeys, KeyFetchError>) {
        do {
            let fetched = try answer.get()
            let keys = try KeySetDocument.keys(fetched.body)
            guard !keys.isEmpty else { throw KeyFetchError("no key in the set is one that we verify with") }
            accept(keys, fetched)
        } catch {
            refuse("\(error)")
        }
    }

    private func accept(_ keys: [VerificationKey], _ fetched: FetchedKeys) {
        let digest = Digest.sha256(fetched.body.span)
        let isNew = state.withLock { state in
            state.lastSuccess = .now
            state.failures = 0
            state.maxAge = fetched.maxAgeMilliseconds
            defer { state.digest = digest }
            return state.digest != digest
        }
        // The same keys again would only forget the tokens that they verified.
        guard isNew else { return }
        publish(keys)
        Log.notice("\(keys.count) keys of issuer \(name) are in use")
    }

    private func refuse(_ words: String) {
        let isTooOld = state.withLock { state in
            state.failures += 1
            guard let last = state.lastSuccess else { return false }
            let age = last.duration(to: .now)
            guard age >= .milliseconds(settings.maxAgeMilliseconds), !state.digest.isEmpty else {
                return false
            }
            state.digest = []
            return true
        }
        Log.error("cannot fetch the keys of issuer \(name): \(words)")
        guard isTooOld else { return }
        publish(nil)
        Log.error("the keys of issuer \(name) are too old: none of its tokens is accepted")
    }

    // MARK: Schedule

    /// Fetches once, and goes on with that until ``stop()``.
    func start() async {
        await ask()
        let task = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: pause())
                guard !Task.isCancelled else { return }
                await ask()
            }
        }
        state.withLock { $0.refresh = task }
    }

    func stop() { state.withLock { $0.refresh }?.cancel() }

    /// How long until the next scheduled fetch: spread, so that several servers do not ask at one moment.
    private func pause() -> Duration {
        let (failures, maxAge) = state.withLock { ($0.failures, $0.maxAge) }
        var wait = min(maxAge ?? settings.refreshMilliseconds, settings.refreshMilliseconds)
        if failures > 0 { wait = min(wait, settings.coolDownMilliseconds << Int64(min(failures - 1, 6))) }
        // No answer and no setting makes it ask without a pause.
        wait = max(wait, settings.coolDownMilliseconds, 100)
        return .milliseconds(wait + Int64.random(in: 0...max(1, wait / 10)))
    }
}
