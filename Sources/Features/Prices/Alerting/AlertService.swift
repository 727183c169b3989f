import Bytes
import Decimals
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
    private let portfolios: PortfolioService
    private let state = Mutex(AlertFigures())
    /// The last term in which a value was told and did not count.
    private let overTerm = Mutex<Int64>(0)
    private let work = RecurringWork()

    /// A service over a store.
    ///
    /// - Parameters:
    ///   - portfolios: Those that alerts may watch.
    ///   - duties: What the process has in common with others over the same store; nil where it is alone.
    ///   - hints: The door of what these are told.
    public init(
        _ repository: AlertRepository, notifications: NotificationService, portfolios: PortfolioService,
        duties: (any SharedDuties)?, hints: Mailbox<PriceHint>? = nil, settings: AlertSettings
    ) {
        self.repository = repository
        self.portfolios = portfolios
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
    public func heard() { work.wake() }

    /// Other processes can tell that they have written, or cannot.
    public func reaches(_ isGiven: Bool) { reach.withLock { $0.isGiven = isGiven } }

    /// Tells alerts values that no price desk tells: of risk scores.
    public func look(_ values: [WatchedValue]) async throws(StorageError) {
        if try await repository.log(values) > 0 { wake() }
    }

    /// Tells alerts values of portfolios that the desk was asked to watch.
    ///
    /// - Parameter term: As the desk was told; where it is over, another process tells these values.
    public func look(_ values: [WatchedValue], term: Int64) async throws(StorageError) {
        let noted = try await repository.log(values, term: term)
        if noted == nil { overTerm.withLock { $0 = max($0, term) } }
        if noted != 0 { wake() }
    }

    // MARK: People's own

    /// Keeps a new alert, and watches what it is about.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where that is a portfolio that its owner may not read.
    public func make(_ alert: StoredAlert) async throws(StorageError) -> AlertRepository.Making {
        let making = try await repository.make(
            alert, limit: settings.perPerson, portfolios: portfolios.settings.watched,
            value: try await value(of: alert))
        if case .made = making { wake() }
        return making
    }

    /// Changes a person's alert.
    ///
    /// - Returns: As it is now; nil where the person has none of that id.
    /// - Throws: ``StorageError/notFound(_:)`` where it is switched on and watches a portfolio that the person may not read,
    ///   ``StorageError/conflict(_:)`` where as many portfolios are watched as may be.
    public func change(
        _ id: String, of person: PersonKey, _ change: @escaping @Sendable (inout StoredAlert) -> Void
    ) async throws(StorageError) -> StoredAlert? {
        guard let alert = try await repository.alert(id, of: person) else { return nil }
        let changed = try await repository.change(
            id, of: person, portfolios: portfolios.settings.watched, value: try await value(of: alert), change
        )
        if changed != nil { wake() }
        return changed
    }

    /// What the portfolio is worth that an alert watches: what its next value is compared with.
    private func value(of alert: StoredAlert) async throws(StorageError) -> String? {
        guard alert.topic.isPortfolio,
            let record = try await portfolios.store.portfolio(
                alert.topic.subject, tenant: alert.person.tenant)
        else { return nil }
        return try await portfolios.value(record)?.text
    }

    // MARK: Evaluating

    /// Evaluates until ``stop()``.
    public func start() {
        work.start { [self] in
            var evaluation = Evaluation()
            await work.run(every: self.pause) { await turn(&evaluation) }
            portfolios.desk.post(.endWatch)
        }
    }

    /// Ends behind the transaction at hand, and leaves evaluating to another process.
    public func stop() async {
        await work.stop()
        await duties?.layDown(AlertService.duty)
    }

    /// Until it is looked again, where nobody tells.
    private var pause: Duration {
        // What other processes note is found by looking while they cannot tell.
        let isTold = duties == nil || reach.withLock { $0.isGiven }
        return isTold ? AlertService.pause : AlertService.shortPause
    }

    /// What is known from turn to turn.
    private struct Evaluation {
        /// Nil while another process evaluates.
        var follower: AlertFollower?
        /// When it was asked whose duty it is.
        var askedAt = Int64.min / 2
    }

    private func turn(_ evaluation: inout Evaluation) async {
        // Another process has begun since, and may have ended too: whoever has the duty begins anew.
        if let current = evaluation.follower, current.term <= overTerm.withLock({ $0 }) {
            end(&evaluation.follower)
            evaluation.askedAt = Int64.min / 2
        }
        await heedDuty(&evaluation)
        if let current = evaluation.follower, await !follow(current) { end(&evaluation.follower) }
        let count = evaluation.follower?.count
        reach.withLock { $0.isEvaluating = count != nil }
        state.withLock { $0.alerts = count ?? 0 }
    }

    /// Begins where it is this process' to do, and ends where it is not.
    private func heedDuty(_ evaluation: inout Evaluation) async {
        guard let duties else {
            if evaluation.follower == nil { evaluation.follower = await begin() }
            return
        }
        guard MonotonicClock.milliseconds() - evaluation.askedAt > AlertService.dutyMilliseconds / 3 else {
            return
        }
        evaluation.askedAt = MonotonicClock.milliseconds()
        let holder = await duties.takeOn(AlertService.duty, milliseconds: AlertService.dutyMilliseconds)
        guard holder != .other else { return end(&evaluation.follower) }
        guard evaluation.follower == nil else { return }
        evaluation.follower = await begin()
        // Another process may be able to.
        if evaluation.follower == nil { await duties.layDown(AlertService.duty) }
    }

    private func end(_ follower: inout AlertFollower?) {
        if let follower {
            Log.info("alerts are evaluated here no longer, term \(follower.term)")
            portfolios.desk.post(.endWatch)
        }
        follower = nil
    }

    private func begin() async -> AlertFollower? {
        let notifications = notifications
        do throws(StorageError) {
            let follower = try await AlertFollower(repository) {
                (fired, transaction) async throws(StorageError) in
                let names = try await PortfolioRepository.names(
                    fired.map(\.0).filter(\.topic.isPortfolio).map { ($0.person.tenant, $0.topic.subject) },
                    in: transaction)
                try await notifications.store(
                    fired.map { AlertNotice.draft($0.0, $0.1, portfolio: names[$0.0.topic.subject]) },
                    in: transaction)
            }
            Log.info("alerts are evaluated here, term \(follower.term)")
            portfolios.desk.post(.beginWatch(term: follower.term))
            return follower
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
            let isOurs = try await follower.follow { values, fired in
                state.withLock { figures in
                    figures.values += values
                    figures.fired += fired
                }
                if fired > 0 { notifications.stored() }
            }
            let watch = follower.takeWatch()
            if isOurs, !watch.isEmpty { portfolios.desk.post(.watch(watch)) }
            return isOurs
        } catch {
            Log.warning("alerts wait: \(error)")
            return false
        }
    }
}
