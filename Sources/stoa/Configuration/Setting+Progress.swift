extension Setting {
    /// Achievements, streaks, leaderboards.
    static let progress: [Setting] = [
        Setting(
            "progress.enabled", .flag, "true",
            "Whether the server follows what people do: achievements, experience, streaks, leaderboards. Costs messages nothing but a hint."
        ),
        Setting(
            "progress.achievements", .integer(0...10_000), "1000", unit: "achievements",
            "Achievements that there may be; further ones are refused."),
        Setting(
            "progress.delay_ms", .integer(0...60_000), "250", unit: "ms",
            "How long events gather before they are looked at together."),
        Setting(
            "progress.sweep_ms", .integer(100...3_600_000), "60000", unit: "ms",
            "How often all rooms and joins are looked through for what no hint told of."),
        Setting(
            "progress.ahead_ms", .integer(0...86_400_000), "5000", unit: "ms",
            "How far ahead of the server's clock an event's moment may be."),
        Setting(
            "leaderboards.rooms", .integer(1...100_000), "1000", unit: "leaderboards",
            "Rooms' leaderboards that are kept in memory; the one that nobody has looked at for longest goes."
        ),
        Setting(
            "leaderboards.tell_ms", .integer(50...60_000), "1000", unit: "ms",
            "How often a leaderboard that has changed is told to those who listen."),
    ]
}
