import Notifications
import Prices
import PubSub
import Reactor
import Storage

extension Assembly {
    /// Alerts, evaluated by one of the processes over a store.
    func alerts(
        _ database: any Database, _ notifications: NotificationService, _ portfolios: PortfolioService,
        _ duties: (any SharedDuties)?, _ hints: Mailbox<PriceHint>?
    ) -> AlertService {
        var settings = AlertSettings()
        settings.perPerson = configuration.int("alerts.per_person")
        return AlertService(
            AlertRepository(database: database), notifications: notifications, portfolios: portfolios,
            duties: duties, hints: hints, settings: settings)
    }
}
