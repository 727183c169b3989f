extension ConfigurationCheck {
    /// What a server can run with, and is a mistake more often than not; for `config check` and the log of `serve`.
    static func warnings(_ configuration: Configuration) -> [String] {
        var warnings: [String] = []
        if !configuration.list("broker.redis").isEmpty {
            if configuration.postgres == nil {
                warnings.append(
                    "broker.redis without store.postgres: rooms and people stay this process' own, and others on that Redis have theirs"
                )
            }
            if configuration.list("jwt.secret").isEmpty {
                warnings.append(
                    "broker.redis without jwt.secret: each process signs its own tokens with a secret in its data directory, and no other process takes them; give all of them one jwt.secret"
                )
            }
        }
        if configuration.optional("webhooks.url") != nil, configuration.list("webhooks.events").isEmpty {
            warnings.append(
                "webhooks.url without webhooks.events: nothing is told there (\(configuration.source("webhooks.url")))"
            )
        }
        return warnings
    }
}
