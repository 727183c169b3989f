import Storage
import Telemetry

/// What the store tells to a scrape.
enum StoreMetrics {
    /// Writes the log's and the database's figures.
    static func write(_ text: inout Exposition, _ log: MessageLogFigures, _ store: StoreFigures) {
        text.begin(Metric("stoa_store_pending_appends", .gauge, "Acts on their way to the store, by state."))
        text.sample(log.queued, ["state": "queued"])
        text.sample(log.running, ["state": "running"])
        text.begin(
            Metric("stoa_store_appends_total", .counter, "Acts that came back from the store, by outcome."))
        text.sample(log.appended, ["outcome": "appended"])
        text.sample(log.repeated, ["outcome": "unchanged"])
        text.sample(log.refused, ["outcome": "refused"])
        text.sample(log.failed, ["outcome": "failed"])
        text.add(
            Metric("stoa_store_batch_appends", .histogram, "Acts that shared one transaction."),
            log.batches, unit: 1)
        text.add(
            Metric(
                "stoa_store_commit_seconds", .histogram,
                "How long transactions took, with their flush to the disk."),
            store.commits, unit: 1e-9)
        text.add(
            Metric(
                "stoa_store_commit_failures_total", .counter,
                "Transactions given up, because the disk failed or was full, or the database was away."),
            store.failures)
        connections(&text, store)
        text.add(
            Metric(
                "stoa_store_reconnects_total", .counter,
                "Connections made anew to a PostgreSQL server; 0 with the embedded store."), store.reconnects)
        replicas(&text, store)
        text.begin(Metric("stoa_store_queue", .gauge, "Jobs that wait for the store's threads."))
        text.sample(store.queuedWrites, ["for": "writer"])
        text.sample(store.queuedReads, ["for": "readers"])
        text.begin(Metric("stoa_store_readers", .gauge, "Threads that read the store, by state."))
        text.sample(store.busyReaders, ["state": "busy"])
        text.sample(store.readers - store.busyReaders, ["state": "idle"])
        text.begin(Metric("stoa_store_bytes", .gauge, "The store's files, and what is free beside them."))
        text.sample(store.databaseBytes, ["of": "database"])
        text.sample(store.logBytes, ["of": "write_ahead_log"])
        text.sample(store.freeBytes, ["of": "free"])
    }

    private static func connections(_ text: inout Exposition, _ store: StoreFigures) {
        text.add(
            Metric(
                "stoa_store_connected", .gauge,
                "Whether the store is reached: 0 while PostgreSQL is away; 1 with the embedded store."),
            store.isConnected ? 1 : 0)
        text.begin(
            Metric(
                "stoa_store_connections", .gauge,
                "Connections to PostgreSQL that there may be, by whether they are open; 0 with the embedded store."
            ))
        text.sample(store.connections.open, ["state": "open"])
        text.sample(max(0, store.connections.most - store.connections.open), ["state": "closed"])
    }

    private static func replicas(_ text: inout Exposition, _ store: StoreFigures) {
        text.begin(
            Metric("stoa_store_reads_total", .counter, "Readings of the store, by where they were done."))
        text.sample(store.reads.primary, ["place": "primary"])
        text.sample(store.reads.replica, ["place": "replica"])
        text.begin(
            Metric(
                "stoa_store_replica_misses_total", .counter,
                "Readings that a replica might have done and the primary did, by reason."))
        text.sample(store.replicaMisses.away, ["reason": "away"])
        text.sample(store.replicaMisses.behind, ["reason": "behind"])
        text.sample(store.replicaMisses.failed, ["reason": "failed"])
        text.begin(
            Metric(
                "stoa_store_replica_lag_seconds", .gauge,
                "How far a replica is behind the primary at most; missing where that is not known."))
        for (number, replica) in store.replicas.enumerated() {
            guard let lag = replica.lag else { continue }
            text.sample(lag / .seconds(1), ["replica": "\(number)", "host": replica.name])
        }
        text.begin(Metric("stoa_store_replica_up", .gauge, "Whether a replica is near enough to be used."))
        for (number, replica) in store.replicas.enumerated() {
            text.sample(replica.isUsed ? 1 : 0, ["replica": "\(number)", "host": replica.name])
        }
    }
}
