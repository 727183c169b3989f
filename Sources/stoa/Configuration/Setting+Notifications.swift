extension Setting {
    /// Jobs, and what people are told.
    static let notifications: [Setting] = [
        Setting(
            "alerts.per_person", .integer(1...1_000_000), "100", unit: "alerts",
            "Alerts that a person may have; further ones are refused."),
        Setting(
            "jobs.lease_ms", .integer(1000...3_600_000), "30000", unit: "ms",
            "How long a process has a job of the queue before another one begins it anew: after a crash what was under way waits so long, where several processes share a store."
        ),
        Setting(
            "jobs.retention_days", .integer(1...3650), "7", unit: "days",
            "How long jobs that are done are kept; as long a repeat of one is known as such."),
        Setting(
            "jobs.dead_days", .integer(1...3650), "30", unit: "days",
            "How long jobs that failed too often are kept."),
        Setting(
            "notifications.limit", .integer(1...100_000), "1000", unit: "notifications",
            "Notifications of a person that are kept; the oldest go."),
        Setting(
            "notifications.retention_days", .integer(0...36_500), "90", unit: "days",
            "How long notifications are kept; 0 for as long as there is room."),
    ]
}
