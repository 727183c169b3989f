import Bytes

extension AlertRepository {
    // MARK: Writing

    /// Notes values in the log, inside a transaction; those that no active alert watches are left out.
    ///
    /// - Returns: How many were noted.
    @discardableResult public static func log(
        _ values: [WatchedValue], in transaction: any Queryable
    ) async throws(StorageError) -> Int {
        let topics = Array(Set(values.map(\.topic)))
        guard !topics.isEmpty else { return 0 }
        let found = try await transaction.queries(
            "SELECT id FROM alerts WHERE kind = $1 AND subject = $2 AND active = 1 LIMIT 1",
            topics.map { [.text($0.kind), .text($0.subject)] })
        let watched = Set(zip(topics, found).filter { !$1.isEmpty }.map(\.0))
        let noted = watched.isEmpty ? [] : values.filter { watched.contains($0.topic) }
        guard !noted.isEmpty else { return 0 }
        let last = try await take(noted.count, in: transaction)
        let first = last - Int64(noted.count) + 1
        try await transaction.execute(
            "INSERT INTO alert_log (seq, kind, subject, value, at) VALUES ($1, $2, $3, $4, $5)",
            noted.enumerated().map { index, value in
                [
                    .integer(first + Int64(index)), .text(value.topic.kind), .text(value.topic.subject),
                    .text(value.value), .integer(value.at.milliseconds),
                ]
            })
        return noted.count
    }

    /// Notes values in the log.
    ///
    /// - Returns: How many were noted.
    public func log(_ values: [WatchedValue]) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            try await AlertRepository.log(values, in: transaction)
        }
    }

    /// Notes that an alert was made, changed or deleted.
    ///
    /// - Parameter value: What is watched is worth now, where it is no price.
    static func logChange(
        of alert: StoredAlert, _ value: String? = nil, in transaction: any Queryable
    ) async throws(StorageError) -> Int64 {
        let seq = try await take(1, in: transaction)
        // What a price was when nobody watched it yet is in no log.
        let price = try await transaction.first(
            "SELECT price FROM prices WHERE symbol = $1 AND $2 = 'price'",
            [.text(alert.topic.subject), .text(alert.topic.kind)])
        var columns = price?.columns
        _ = try await transaction.query(
            "INSERT INTO alert_log (seq, kind, subject, value, at, alert_id) VALUES ($1, $2, $3, $4, $5, $6)",
            [
                .integer(seq), .text(alert.topic.kind), .text(alert.topic.subject),
                .optional(try columns?.text() ?? value), .integer(alert.madeAt.milliseconds),
                .text(alert.id),
            ])
        return seq
    }

    /// Takes places in the log.
    ///
    /// - Returns: The last of them.
    private static func take(
        _ count: Int, in transaction: any Queryable
    ) async throws(StorageError) -> Int64 {
        var columns = try await transaction.first(
            """
            INSERT INTO alert_marks (name, seq) VALUES ('written', $1)
            ON CONFLICT (name) DO UPDATE SET seq = alert_marks.seq + $1 RETURNING seq
            """, [.integer(Int64(count))])?.columns
        guard let last = try columns?.integer() else { throw .corrupt("the log of alerts has no end") }
        return last
    }

    // MARK: Reading

    /// A part of the log, and how far all of it is evaluated, as of one moment.
    public struct Stretch: Sendable {
        /// The entries, in their order.
        public let entries: [AlertLogEntry]
        /// Up to where the log is evaluated; entries up to there are gone.
        public let evaluated: Int64
    }

    /// Reads the log behind a place.
    public func stretch(after seq: Int64, limit: Int) async throws(StorageError) -> Stretch {
        try await database.read { (transaction) async throws(StorageError) in
            let entries = try await transaction.query(
                "SELECT \(AlertLogEntry.columns) FROM alert_log WHERE seq > $1 ORDER BY seq LIMIT $2",
                [.integer(seq), .integer(Int64(limit))]
            ).decode(AlertLogEntry.init)
            return Stretch(entries: entries, evaluated: try await AlertRepository.evaluated(transaction))
        }
    }

    private static func evaluated(_ transaction: any Queryable) async throws(StorageError) -> Int64 {
        let mark = try await transaction.first("SELECT seq FROM alert_marks WHERE name = 'evaluated'", [])
        var columns = mark?.columns
        return try columns?.integer() ?? 0
    }

    /// Alerts by their ids; those that are not there, or not active, are left out.
    public func active(_ ids: [String]) async throws(StorageError) -> [StoredAlert] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.queries(
                "SELECT \(StoredAlert.columns) FROM alerts WHERE id = $1 AND active = 1",
                ids.map { [.text($0)] }
            ).flatMap(\.self).decode(StoredAlert.init)
        }
    }

    /// What the last value of something was, and its place in the log.
    public struct LastValue: Sendable {
        /// What has it.
        public let topic: AlertTopic
        /// The value.
        public let value: String
        /// The place.
        public let seq: Int64
    }

    /// Reads all that an evaluation goes on from, as of one moment.
    ///
    /// - Parameters:
    ///   - begin: Hears first how far the log was evaluated, and all last values.
    ///   - take: Hears of the active alerts, some thousands at a time.
    public func load(
        begin: @escaping @Sendable (Int64, [LastValue]) -> Void,
        take: @escaping @Sendable ([StoredAlert]) -> Void
    ) async throws(StorageError) {
        try await database.read { (transaction) async throws(StorageError) in
            let evaluated = try await AlertRepository.evaluated(transaction)
            let values = try await transaction.query("SELECT kind, subject, value, seq FROM alert_values")
                .decode { (columns) throws(StorageError) in
                    LastValue(
                        topic: AlertTopic(kind: try columns.text(), subject: try columns.text()),
                        value: try columns.text(), seq: try columns.integer())
                }
            begin(evaluated, values)
            var last = ""
            while true {
                let alerts = try await transaction.query(
                    """
                    SELECT \(StoredAlert.columns) FROM alerts WHERE id > $1 AND active = 1 ORDER BY id LIMIT 5000
                    """, [.text(last)]
                ).decode(StoredAlert.init)
                guard let end = alerts.last else { return }
                last = end.id
                take(alerts)
            }
        }
    }

    // MARK: Evaluating

    /// What an evaluation found in a stretch of the log.
    public struct Findings: Sendable {
        /// How far the log was evaluated before.
        public let from: Int64
        /// How far it is now.
        public let to: Int64
        /// The last values in that stretch.
        public let values: [LastValue]
        /// What has fired, in order.
        public let firings: [AlertFiring]

        /// What was found.
        public init(
            from: Int64, to: Int64, values: [AlertTopic: (value: String, seq: Int64)],
            firings: [AlertFiring]
        ) {
            self.from = from
            self.to = to
            self.values = values.map { LastValue(topic: $0, value: $1.value, seq: $1.seq) }
            self.firings = firings
        }
    }

    /// Keeps what an evaluation found; all of it, or nothing.
    ///
    /// An alert that was deleted, switched off or given another condition since the value fires nothing.
    /// - Parameter tell: Keeps what comes of the firings, in the same transaction: the alerts as they are now, each with
    ///   what fired it. May run twice.
    /// - Returns: What has fired, as it is now; nil where another process has evaluated the stretch.
    public func keep(
        _ findings: Findings,
        tell:
            @escaping @Sendable ([(StoredAlert, AlertFiring)], any Queryable) async throws(StorageError) ->
            Void
    ) async throws(StorageError) -> [StoredAlert]? {
        try await database.write { (transaction) async throws(StorageError) in
            let mark = try await transaction.first(
                """
                INSERT INTO alert_marks (name, seq) VALUES ('evaluated', $2)
                ON CONFLICT (name) DO UPDATE SET seq = $2 WHERE alert_marks.seq = $1 RETURNING seq
                """, [.integer(findings.from), .integer(findings.to)])
            guard mark != nil else { return nil }
            let rows = try await transaction.queries(
                """
                UPDATE alerts SET last_triggered_at = $2, trigger_count = trigger_count + 1,
                    active = CASE WHEN repeat = 'once' THEN 0 ELSE active END
                WHERE id = $1 AND active = 1 AND armed_seq < $3 RETURNING \(StoredAlert.columns)
                """,
                findings.firings.map {
                    [.text($0.alert), .integer($0.at.milliseconds), .integer($0.seq)]
                })
            var fired: [(StoredAlert, AlertFiring)] = []
            for (firing, rows) in zip(findings.firings, rows) {
                for alert in try rows.decode(StoredAlert.init) { fired.append((alert, firing)) }
            }
            try await AlertRepository.keepValues(findings, in: transaction)
            if !fired.isEmpty { try await tell(fired, transaction) }
            return fired.map(\.0)
        }
    }

    private static func keepValues(
        _ findings: Findings, in transaction: any Queryable
    ) async throws(StorageError) {
        try await transaction.execute(
            """
            INSERT INTO alert_values (kind, subject, value, seq) VALUES ($1, $2, $3, $4)
            ON CONFLICT (kind, subject) DO UPDATE SET value = excluded.value, seq = excluded.seq
            """,
            findings.values.map {
                [.text($0.topic.kind), .text($0.topic.subject), .text($0.value), .integer($0.seq)]
            })
        _ = try await transaction.query(
            "DELETE FROM alert_log WHERE seq <= $1", [.integer(findings.to)])
    }
}
