extension Setting {
    /// Where rooms, people and messages are kept.
    static let store: [Setting] = [
        Setting(
            "store.readers", .integer(1...64), "3", unit: "threads", "Threads that read the embedded store."),
        Setting(
            "store.lock_wait_ms", .integer(0...600_000), "30000", unit: "ms",
            "How long a server that starts waits for another one to let go of the data directory."),
        Setting(
            "store.postgres", .text, "", secret: true,
            "A PostgreSQL database to keep everything in instead, as libpq reads it: `host=db.example dbname=stoa user=stoa sslmode=verify-full`, or a URL; several hosts for a server that fails over. Empty: the embedded store."
        ),
        Setting(
            "store.postgres_start_ms", .integer(0...3_600_000), "60000", unit: "ms",
            "How long a server that starts waits for a PostgreSQL that is away, before it ends with status 1."
        ),
        Setting(
            "store.postgres_plain", .flag, "false",
            "Lets a PostgreSQL server on another machine be spoken to without TLS (`sslmode` below `require`)."
        ),
        Setting(
            "store.postgres_readers", .integer(1...256), "4", unit: "connections",
            "Connections that read PostgreSQL, and each of its replicas; two more write."),
        Setting(
            "store.postgres_replicas", .list, "", secret: true,
            "Standbys of that database that histories, threads, pins and searches are read from, each written as `store.postgres` with one host. A reader never finds less there than the primary had when their right to read was checked; where a replica has not that much yet, or is away, the primary answers."
        ),
        Setting(
            "store.postgres_replica_lag_ms", .integer(500...600_000), "5000", unit: "ms",
            "How far behind a replica may be and still be read: so long what is erased may show there."),
        Setting(
            "store.postgres_read_ms", .integer(100...600_000), "3000", unit: "ms",
            "How long PostgreSQL may take for a connection or to answer a reading statement; then it is refused as `unavailable`."
        ),
        Setting(
            "store.postgres_write_ms", .integer(100...600_000), "5000", unit: "ms",
            "How long PostgreSQL may take to answer a writing statement, waits for locks included."),
        Setting(
            "store.postgres_away_ms", .integer(0...600_000), "10000", unit: "ms",
            "How long a write waits for a PostgreSQL that is away before it is refused as `unavailable`."),
    ]
}
