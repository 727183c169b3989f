import Telemetry
import Webhooks

/// What the deliveries to the owner's own service tell to a scrape.
enum WebhookMetrics {
    /// Writes their figures.
    static func write(_ text: inout Exposition, _ figures: WebhookFigures) {
        text.add(
            Metric("stoa_webhook_queue", .gauge, "Events that wait for the owner's own service."),
            figures.waiting)
        text.begin(
            Metric(
                "stoa_webhook_events_total", .counter,
                "Events for the owner's own service that wait no more, by outcome."))
        text.sample(figures.delivered, ["outcome": "delivered"])
        text.sample(figures.dropped, ["outcome": "dropped"])
        text.sample(figures.givenUp, ["outcome": "given_up"])
        text.add(
            Metric("stoa_webhook_failures_total", .counter, "Tries to deliver events that failed."),
            figures.failures)
    }
}
