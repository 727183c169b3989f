import Jobs
import Storage
import Telemetry

/// What the job queue tells to a scrape.
enum JobMetrics {
    /// Writes its figures.
    static func write(_ text: inout Exposition, _ figures: JobFigures) {
        text.begin(
            Metric("stoa_jobs", .gauge, "Jobs in the store's queue, by state; counted every ten seconds."))
        for state in [JobRecord.State.waiting, .running, .dead] {
            text.sample(figures.counts[state] ?? 0, ["state": state.rawValue])
        }
        text.begin(
            Metric("stoa_job_attempts_total", .counter, "Attempts of this process at jobs, by outcome."))
        text.sample(figures.done, ["outcome": "done"])
        text.sample(figures.retried, ["outcome": "retried"])
        text.sample(figures.dead, ["outcome": "dead"])
    }
}
