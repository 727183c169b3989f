import Decimals
import Storage

/// Which portfolios active alerts watch: what has changed of that since it was told last.
struct WatchedPortfolios {
    /// The tenants of those that alerts were seen of.
    private var tenants: [String: String] = [:]
    /// Those told to be watched.
    private var told: Set<String> = []
    /// Those to look at.
    private var noted: Set<String> = []
    /// Those whose last value is another than was told.
    private var restored: Set<String> = []

    /// Alerts are there that were not, or are others now.
    mutating func note(_ alerts: [StoredAlert]) {
        for alert in alerts where alert.topic.isPortfolio {
            tenants[alert.topic.subject] = alert.person.tenant
            noted.insert(alert.topic.subject)
        }
    }

    /// Alerts on something may have gone.
    mutating func note(_ topic: AlertTopic) {
        if topic.isPortfolio { noted.insert(topic.subject) }
    }

    /// The last value of something was set.
    mutating func noteRestored(_ topic: AlertTopic) {
        if topic.isPortfolio { restored.insert(topic.subject) }
    }

    /// What has changed by an index, which forgets those that nobody watches.
    mutating func take(_ index: inout AlertIndex) -> PortfolioWatch {
        var changes = PortfolioWatch()
        for id in noted {
            let subject = AlertSubject.portfolioValue(id)
            if index.watches(subject), let tenant = tenants[id] {
                guard told.insert(id).inserted || restored.contains(id) else { continue }
                changes.added.append(
                    PortfolioWatch.Added(id: id, tenant: tenant, value: index.lastValue(of: subject)))
            } else {
                index.forget(subject)
                tenants[id] = nil
                if told.remove(id) != nil { changes.removed.append(id) }
            }
        }
        noted = []
        restored = []
        return changes
    }
}
