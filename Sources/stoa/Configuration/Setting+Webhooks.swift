extension Setting {
    /// What the owner's own service is told, and how.
    static let webhooks: [Setting] = [
        Setting(
            "webhooks.url", .text, "",
            "An address of your own service that events are posted to, over https or on this machine; empty for none."
        ),
        Setting(
            "webhooks.secret", .text, "", secret: true,
            "The secret that signs what is posted there, at least 32 bytes."),
        Setting(
            "webhooks.events", .list, "",
            "What it is told: `connect`, `disconnect`, `room_occupied`, `room_vacated`. The same for all processes that serve the same people."
        ),
        Setting(
            "webhooks.authorities", .text, "",
            "A PEM file of authorities to trust for it in place of the system's."),
        Setting(
            "webhooks.timeout_ms", .integer(100...60_000), "10000", unit: "ms",
            "How long it may take to answer."),
        Setting(
            "webhooks.attempts", .integer(1...100), "12", unit: "tries",
            "How often a delivery is tried before its events are lost: with the usual pauses some five minutes."
        ),
        Setting(
            "webhooks.retry_ms", .integer(10...60_000), "500", unit: "ms",
            "The pause after a first try that failed; it doubles up to a minute, and half of it is by chance."
        ),
        Setting(
            "webhooks.batch", .integer(1...1000), "100", unit: "events", "Events of one delivery at most."),
        Setting(
            "webhooks.queue", .integer(1...1_000_000), "10000", unit: "events",
            "Events that wait for it; beyond that further ones are lost, counted, and the next delivery says how many."
        ),
        Setting(
            "webhooks.vacated_ms", .integer(0...600_000), "10000", unit: "ms",
            "How long a room is empty before `room_vacated`: who comes back within it causes neither that nor a `room_occupied`."
        ),
    ]
}
