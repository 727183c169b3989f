import Prices
import Telemetry

/// What alerts and the portfolios that they may watch tell to a scrape.
enum AlertMetrics {
    /// Writes their figures.
    static func write(_ text: inout Exposition, _ figures: AlertFigures, _ portfolios: PortfolioCounts) {
        text.add(
            Metric("stoa_alerts", .gauge, "Active alerts, at the process that evaluates them."),
            figures.alerts)
        text.add(
            Metric("stoa_alert_values_total", .counter, "Values that alerts looked at here."), figures.values)
        text.add(
            Metric("stoa_alerts_fired_total", .counter, "Alerts that have fired here."), figures.fired)
        text.add(
            Metric(
                "stoa_portfolios_open", .gauge,
                "Portfolios whose value is kept current here, for who listens or for alerts."),
            portfolios.open)
        text.add(
            Metric("stoa_portfolios_watched", .gauge, "Those of them that alerts watch."),
            portfolios.watched)
    }
}
