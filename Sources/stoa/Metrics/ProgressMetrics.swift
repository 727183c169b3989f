import Achievements
import Telemetry

/// What progress tells to a scrape.
enum ProgressMetrics {
    /// Writes its figures.
    static func write(_ text: inout Exposition, _ figures: ProgressFigures) {
        text.begin(
            Metric("stoa_progress_events_total", .counter, "Deeds of people that were taken into progress."))
        text.sample(figures.events)
        text.begin(Metric("stoa_progress_earned_total", .counter, "Achievements that were earned."))
        text.sample(figures.earned)
        text.begin(
            Metric(
                "stoa_progress_conflicts_total", .counter,
                "Attempts to write progress that another process foiled."))
        text.sample(figures.conflicts)
    }
}
