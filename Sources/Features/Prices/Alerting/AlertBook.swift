import Decimals
import Storage
import Synchronization

/// The index of all active alerts beside the log that it follows.
final class AlertBook: Sendable {
    private struct State {
        var index = AlertIndex()
        /// The place of each topic's last value in the log.
        var seqs: [AlertTopic: Int64] = [:]
        /// How far the log is evaluated.
        var position: Int64 = 0
        /// What was found since the last findings were taken.
        var values: [AlertTopic: (value: String, seq: Int64)] = [:]
        var firings: [AlertFiring] = []
        var reached: Int64 = 0
        /// Portfolios that alerts watch, as was told last.
        var watched = WatchedPortfolios()
    }

    private let state = Mutex(State())

    /// How far the log is evaluated, and that is kept.
    var position: Int64 { state.withLock { $0.position } }
    /// How many alerts there are.
    var count: Int { state.withLock { $0.index.count } }

    // MARK: Loading

    /// Begins anew at a place of the log.
    func begin(at position: Int64, _ values: [AlertRepository.LastValue]) {
        state.withLock { state in
            state = State()
            state.position = position
            state.reached = position
            for last in values {
                guard let subject = AlertSubject(last.topic), let value = try? ExactDecimal(last.value) else {
                    continue
                }
                state.index.restore(value, of: subject)
                state.seqs[last.topic] = last.seq
            }
        }
    }

    /// Takes in a part of the alerts as the store has them.
    func load(_ alerts: [StoredAlert]) {
        state.withLock { state in
            let loaded = alerts.compactMap { AlertBook.alert($0, state) }
            state.index.loadPart(loaded)
            state.watched.note(alerts)
        }
    }

    /// All of them are in.
    func endLoad() { state.withLock { $0.index.endLoad() } }

    /// A condition counts as news where no value was looked at since it was set, and else where it was false then.
    private static func alert(_ stored: StoredAlert, _ state: State) -> Alert? {
        let seq = state.seqs[stored.topic] ?? 0
        return Alert(stored) { subject, condition in
            guard stored.armedSeq < seq, let last = state.index.lastValue(of: subject) else { return true }
            return !condition.comparison.holds(last.units, condition.value.units)
        }
    }

    // MARK: Following the log

    /// Looks at values.
    func evaluate(_ entries: some Sequence<AlertLogEntry>) {
        state.withLock { state in
            var fired: [FiredAlert] = []
            for entry in entries {
                state.reached = entry.seq
                guard let subject = AlertSubject(entry.topic), let text = entry.value,
                    let value = try? ExactDecimal(text)
                else { continue }
                fired.removeAll(keepingCapacity: true)
                state.index.evaluate(subject, value, at: entry.at, into: &fired)
                state.seqs[entry.topic] = entry.seq
                state.values[entry.topic] = (text, entry.seq)
                for alert in fired {
                    state.firings.append(
                        AlertFiring(alert: alert.id.text, seq: entry.seq, value: text, at: entry.at))
                }
            }
        }
    }

    /// Takes in alerts that were made, changed or deleted.
    ///
    /// - Parameter alerts: Those of them that are active now.
    func change(_ entries: some Sequence<AlertLogEntry>, to alerts: [StoredAlert]) {
        state.withLock { state in
            for entry in entries {
                state.reached = entry.seq
                if let id = entry.alert.flatMap(AlertID.init(_:)) { state.index.remove(id) }
                state.watched.note(entry.topic)
                // What nobody watched may have any value by now.
                guard let subject = AlertSubject(entry.topic), !state.index.watches(subject),
                    let text = entry.value, let value = try? ExactDecimal(text)
                else { continue }
                state.index.restore(value, of: subject)
                state.watched.noteRestored(entry.topic)
                state.seqs[entry.topic] = entry.seq
                state.values[entry.topic] = (text, entry.seq)
            }
            state.watched.note(alerts)
            for stored in alerts {
                guard let alert = AlertBook.alert(stored, state) else { continue }
                state.index.insert(alert)
            }
        }
    }

    /// What was found since the last time.
    func takeFindings() -> AlertRepository.Findings? {
        state.withLock { state in
            guard state.reached > state.position else { return nil }
            let findings = AlertRepository.Findings(
                from: state.position, to: state.reached, values: state.values, firings: state.firings)
            state.values = [:]
            state.firings = []
            return findings
        }
    }

    /// What was found is kept.
    func kept(_ findings: AlertRepository.Findings, fired: [StoredAlert]) {
        state.withLock { state in
            state.position = findings.to
            for alert in fired where !alert.isActive {
                if let id = AlertID(alert.id) { state.index.remove(id) }
                state.watched.note(alert.topic)
            }
        }
    }

    /// What has changed of the portfolios that alerts watch since this was asked last.
    func takeWatch() -> PortfolioWatch { state.withLock { $0.watched.take(&$0.index) } }
}

extension AlertIndex {
    /// Whether there are alerts on a subject.
    func watches(_ subject: AlertSubject) -> Bool { known(subject)?.hasAlerts ?? false }
}
