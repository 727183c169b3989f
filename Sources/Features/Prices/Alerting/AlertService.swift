import Bytes
public import Notifications
public import PubSub
public import Reactor
public import Storage
import Synchronization
import Telemetry

/// Alerts of people, evaluated once for each value however many processes there are.
///
/// Whoever is told a value notes it in the store's log, in the transaction that makes it durable. One process at a time
/// reads the log, evaluates, and keeps what has fired with the notifications of it and how far it has read, in one
/// transaction. Should two believe that it is theirs to do, the second one's transaction comes to nothing.
public final class AlertService: Sendable {
    /// Says whether a person may watch a portfolio.
    public typealias PortfolioRule = @Sendable (PersonKey, String) async throws(StorageError) -> Bool

    private static let duty = "alerts"
    private static let dutyMilliseconds: Int64 = 5000
    /// How often the log is looked at where nobody tells that it has grown, and while nobody can.
    private static let pause = Duration.seconds(1)
    private static let shortPause = Duration.milliseconds(50)
    /// Alerts in the store.
    public let repository: AlertRepository
    /// Bounds.
    public let settings: AlertSettings
    private let notifications: NotificationService
    private let duties: (any SharedDuties)?
    private let hints: Mailbox<PriceHint>?
    /// Whether other processes can tell that the log has grown, and whether it is evaluated here.
    private let reach = Mutex((isGiven: false, isEvaluating: false))
    private let state = Mutex(AlertFigures())
    private let rule = Mutex<PortfolioRule?>(nil)
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// A service over a store.
    ///
    /// - Parameters:
    ///   - duties: What the process has in common with others over the same store; nil where it is alone.
    ///   - hints: The door of what these are told.
    public init(
        _ repository: AlertRepository, notifications: NotificationService, duties: (any SharedDuties)?,
        hints: Mailbox<PriceHint>? = nil, settings: AlertSettings
    ) {
        self.repository = repository
        self.notifications = notifications
        self.duties = duties
        self.hints = hints
        self.settings = settings
    }

    /// What is evaluated here.
    public var figures: AlertFigures { state.withLock { $0 } }

    // MARK: Values

    /// This process has written to the log: it is looked at now, wherever it is evaluated. May be called from any thread.
    public func wake() {
        heard()
        if !reach.withLock({ $0.isEvaluating }) { hints?.post(.alertsLogged) }
    }

    /// Another process has written to the log: it is looked at now, where it is evaluated here.
    public func heard() { wakes.continuation.yield() }

    /// Other processes can tell that they have written, or cannot.
    public func reaches(_ isGiven: Bool) { reach.withLock { $0.isGiven = isGiven } }

    /// Tells alerts values that no price desk tells: of portfolios and risk scores.
    public func look(_ values: [WatchedValue]) async throws(StorageError) {
        if try await repository.log(values) > 0 { wake() }
    }

    /// Says who may watch which portfolio; until then nobody may.
    public func letWatchPortfolios(_ rule: @escaping PortfolioRule) { self.rule.withLock { $0 = rule } }

    /// Whether a person may watch something.
    public func mayWatch(_ subject: AlertSubject, _ person: PersonKey) async throws(StorageError) -> Bool {
        guard case .portfolioValue(let id) = subject else { return true }
        guard let rule = rule.withLock({ $0 }) else { return false }
        return try await rule(person, id)
    }

    // MARK: Evaluating

    /// Evaluates until ``stop()``.
    public func start() {
        let running = Task { [self] in
            let ticks = Task { [self] in
                while !Task.isCancelled {
                    heard()
                    // What other processes note is found by looking while they cannot tell.
                    let isTold = duties == nil || reach.withLock { $0.isGiven }
                    try? await Task.sleep(for: isTold ? AlertService.pause : AlertService.shortPause)
                }
            }
            await evaluate()
            ticks.cancel()
        }
        task.withLock { $0 = running }
    }

    /// Ends behind the transaction at hand, and leaves evaluating to another process.
    public func stop() async {
        let running = task.withLock { $0 }
        running?.cancel()
        wakes.continuation.finish()
        await running?.value
        await duties?.layDown(AlertService.duty)
    }

    private func evaluate() async {
        var follower: AlertFollower?
        var askedAt = Int64.min / 2
        for await _ in wakes.stream {
            if Task.isCancelled { return }
            if let duties, MonotonicClock.milliseconds() - askedAt > AlertService.dutyMilliseconds / 3 {
                askedAt = MonotonicClock.milliseconds()
                let holder = await duties.takeOn(
                    AlertService.duty, milliseconds: AlertService.dutyMilliseconds)
                if holder == .other { follower = nil }
                if holder != .other, follower == nil { follower = await begin() }
            } else if duties == nil, follower == nil {
                follower = await begin()
            }
            if let current = follower, await !follow(current) { follower = nil }
            let isHere = follower != nil
            reach.withLock { $0.isEvaluating = isHere }
            let count = follower?.count ?? 0
            state.withLock { $0.alerts = count }
        }
    }

    private func begin() async -> AlertFollower? {
        let notifications = notifications
        do throws(StorageError) {
            return try await AlertFollower(repository) { (fired, transaction) async throws(StorageError) in
                try await notifications.store(
                    fired.map { AlertNotice.draft($0.0, $0.1) }, in: transaction)
            }
        } catch {
            Log.error("alerts cannot be loaded, it is tried again: \(error)")
            return nil
        }
    }

    /// Evaluates what the log has.
    ///
    /// - Returns: False where the follower is to begin anew.
    private func follow(_ follower: AlertFollower) async -> Bool {
        do throws(StorageError) {
            return try await follower.follow { values, fired in
                state.withLock { figures in
                    figures.values += values
                    figures.fired += fired
                }
                if fired > 0 { notifications.stored() }
            }
        } catch {
            Log.warning("alerts wait: \(error)")
            return false
        }
    }
}
