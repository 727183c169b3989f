extension Setting {
    /// What processes that serve the same people together need.
    static let sharing: [Setting] = [
        Setting(
            "broker.redis", .list, "", secret: true,
            "Addresses of Redis (6.2 or later, or Valkey) that processes with one PostgreSQL store reach each other through: `redis://user:password@host:6379/0`, `rediss://…` for TLS, `unix:///path`. Several share the channels by hash. `redis+sentinel://user:password@sentinel1,sentinel2:26379/master/0?sentinel_user=…&sentinel_password=…`: the master that Sentinels name. `redis+cluster://user:password@host1:6379,host2:6379`: a cluster (7 or later), by some of its members. Both with `rediss+` for TLS. Empty: this process serves alone."
        ),
        Setting(
            "broker.authorities", .text, "",
            "A PEM file of the authorities that sign the certificates of `rediss` addresses; empty for the system's."
        ),
        Setting(
            "broker.timeout_ms", .integer(100...60_000), "3000", unit: "ms",
            "How long Redis may take to answer before the connection is given up and made anew."),
        Setting(
            "broker.compare_ms", .integer(1000...3_600_000), "30000", unit: "ms",
            "How often rooms with members here are compared with the store, which finds what was lost without a trace; every second while Redis is away."
        ),
        Setting(
            "instance.lease_ms", .integer(3000...600_000), "15000", unit: "ms",
            "How long the people of a process that has died stay present."),
    ]
}
