import Bytes
import Decimals
import Reactor
import Storage
import Telemetry

/// What a desk of portfolios tells alerts.
struct PortfolioJudging {
    /// The term in which values count; nil while another process tells them.
    var term: Int64?
    /// The portfolios that alerts watch.
    var watched: Set<String> = []
    /// Values that are not told yet: of each portfolio the newest.
    var waiting: [String: WatchedValue] = [:]
    /// Values that are being told. One writing runs at a time: a store that is slow gets fewer of them.
    var underWay: [String: WatchedValue]?
}

extension PortfolioDesk {
    /// Alerts are evaluated here from now on.
    func beginWatch(_ term: Int64) {
        endWatch()
        judging.term = term
    }

    /// Alerts are evaluated elsewhere.
    func endWatch() {
        judging.term = nil
        for id in judging.watched { endWatch(of: id) }
    }

    /// Alerts watch other portfolios than before.
    func watch(_ changes: PortfolioWatch) {
        guard judging.term != nil else { return }
        for id in changes.removed { endWatch(of: id) }
        for added in changes.added {
            guard judging.watched.contains(added.id) || judging.watched.count < service.settings.watched
            else {
                Log.warning("alerts watch more portfolios than portfolios.watched: \(added.id) is left out")
                continue
            }
            judging.watched.insert(added.id)
            begin(added.id, tenant: added.tenant)
            open[added.id]?.isWatched = true
            open[added.id]?.judged = added.value
            if open[added.id]?.portfolio == nil { want([added.id]) } else { note(added.id) }
        }
        count()
    }

    /// No alert watches a portfolio any more.
    func endWatch(of id: String) {
        guard judging.watched.remove(id) != nil else { return }
        judging.waiting[id] = nil
        open[id]?.isWatched = false
        open[id]?.judged = nil
        endUnused(id)
        count()
    }

    /// A watched portfolio has a value.
    func judge(_ id: String, _ value: ExactDecimal) {
        guard let state = open[id], state.judged != value else { return }
        open[id]?.judged = value
        judging.waiting[id] = WatchedValue(
            AlertSubject.portfolioValue(id).topic, value.text, at: .now())
    }

    /// Tells alerts the values that wait.
    func tellAlerts() {
        guard let term = judging.term, judging.underWay == nil, !judging.waiting.isEmpty else { return }
        let values = judging.waiting
        judging.underWay = values
        judging.waiting = [:]
        let (judge, desk) = (judge, service.desk)
        Task {
            do throws(StorageError) {
                try await judge(Array(values.values), term)
                desk.post(.noted(isDone: true))
            } catch {
                Log.warning("alerts are not told what portfolios are worth, it is tried again: \(error)")
                desk.post(.noted(isDone: false))
            }
        }
    }

    /// Values were told, or could not be.
    func noted(_ isDone: Bool) {
        let values = judging.underWay ?? [:]
        judging.underWay = nil
        guard !isDone else { return tellAlerts() }
        // Again when it is looked after them, or with the next value.
        for (id, value) in values where judging.waiting[id] == nil && judging.watched.contains(id) {
            judging.waiting[id] = value
        }
    }
}
