public import Storage
import StoreWorkers
import Synchronization

/// The store on a PostgreSQL server, which several processes may share.
///
/// ```
///   write, submit ──► queue ──► writer thread ───► one connection, the store's lock, group commit
///   appends ────────► queue ──► appender thread ─► one connection, its rooms' rows, group commit
///   read ───────────► queue ──► reader threads ──► a connection each, a snapshot each
///   readReplica ────► queue ──► reader threads of a replica that is near enough, else as read
/// ```
///
/// The threads are the driver's own and wait in poll(2), with bounds: no event loop ever waits for the server, and a
/// body is straight code. Statements are pipelined: those whose rows nobody wants travel with the next that somebody
/// waits for, so that a batch of new messages costs two round trips, whatever their number.
public final class PostgresDatabase: WatchedDatabase {
    /// SQL as PostgreSQL speaks it.
    public var dialect: Dialect { .postgres }
    /// A `tsvector` for each message.
    public let search: any MessageSearch = PostgresSearch()

    private let lock: DirectoryLock?
    private let options: PostgresOptions
    private let availability = Availability()
    private let health = StoreHealth()
    private let writer: Writer
    private let appender: Writer
    private let writes: WorkQueue<any WriteJob>
    private let appends: WorkQueue<any WriteJob>
    private let reads: WorkQueue<any ReadJob>
    private let replicas: Replicas?
    private let watch: Task<Void, Never>?
    private let workers: [Task<Void, Never>]
    private let readCount = Atomic<Int>(0)

    /// Connects to the server and brings the schema up to date.
    ///
    /// - Parameter migrates: Whether the schema is brought up to date; without it, only to look at it.
    /// - Throws: ``StorageError/locked(_:)`` where another process has the directory,
    ///   ``StorageError/newerVersion(found:supported:)`` where a later program wrote it,
    ///   ``StorageError/unavailable(_:)`` where no server answers.
    public static func open(
        _ options: PostgresOptions, migrates: Bool = true
    ) async throws(StorageError) -> PostgresDatabase {
        let lock: DirectoryLock?
        if let directory = options.directory { lock = try DirectoryLock(directory) } else { lock = nil }
        if migrates { try await migrate(options) }
        var replicas: [PostgresTarget] = []
        for replica in options.replicas { replicas.append(try PostgresTarget(replica)) }
        return PostgresDatabase(options, try PostgresTarget(options.connection), replicas, lock)
    }

    /// Makes the search index anew, for messages that came by another way than the log.
    public static func indexAnew(_ options: PostgresOptions) async throws(StorageError) {
        try await prepare(options) { (transaction) async throws(StorageError) in
            _ = try await transaction.query("DELETE FROM search_version")
        }
    }

    /// Gives every room a new epoch, after a backup was put back: clients that saw more than it has fetch rooms anew.
    ///
    /// - Returns: How many rooms there are.
    public static func beginEpochs(_ options: PostgresOptions) async throws(StorageError) -> Int {
        let database = try await open(options)
        let result: Result<Int, StorageError>
        do throws(StorageError) {
            let epoch = RoomRecord.newEpoch()
            result = .success(
                try await database.write { (transaction) async throws(StorageError) in
                    try await transaction.query("UPDATE rooms SET epoch = $1 RETURNING id", [.text(epoch)])
                        .count
                })
        } catch {
            result = .failure(error)
        }
        await database.close()
        return try result.get()
    }

    /// Brings the schema up to date, one process at a time.
    public static func migrate(_ options: PostgresOptions) async throws(StorageError) {
        try await prepare(options) { (_) async throws(StorageError) in }
    }

    private static func prepare(
        _ options: PostgresOptions,
        _ first: @escaping @Sendable (any Queryable) async throws(StorageError) -> Void
    ) async throws(StorageError) {
        let target = try PostgresTarget(options.connection)
        try await WorkerThread.run(name: "postgres-begin") { () throws(StorageError) in
            let connection = try PostgresConnection(
                target, patience: .seconds(60),
                // Nobody waits yet: a busy server is given time.
                within: max(options.readPatience, .seconds(15)))
            try PostgresSchema.begin(connection)
        }
        let database = PostgresDatabase(options.forMigration, target, [], nil)
        do {
            try await Migrator.migrate(database)
            try await database.write { (transaction) async throws(StorageError) in
                try await PostgresSearch.begin(transaction)
                try await first(transaction)
                try await PostgresSearch.prepare(transaction)
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }

    private init(
        _ options: PostgresOptions, _ target: PostgresTarget, _ followers: [PostgresTarget],
        _ lock: DirectoryLock?
    ) {
        self.lock = lock
        self.options = options
        let availability = availability
        func link(_ patience: Duration) -> Link {
            Link(target, availability, patience: patience, connectPatience: options.readPatience)
        }
        writes = WorkQueue(limit: options.queuedWrites)
        appends = WorkQueue(limit: options.queuedWrites)
        let reads = WorkQueue<any ReadJob>(limit: options.queuedReads)
        self.reads = reads
        writer = Writer(.store, link(options.writePatience), availability, health, options)
        appender = Writer(.rooms, link(options.writePatience), availability, health, options)
        let readers = (0..<max(1, options.readers)).map {
            Reader(link(options.readPatience), name: "postgres-read-\($0)")
        }
        let replicas =
            followers.isEmpty ? nil : Replicas(followers, link(options.readPatience), options)
        self.replicas = replicas
        watch = replicas?.startWatch()
        workers =
            [writer.start(writes), appender.start(appends)] + readers.map { $0.start(reads) }
            + (replicas?.start() ?? [])
    }

    deinit {
        // The threads end by themselves, once nothing waits.
        writes.close()
        appends.close()
        closeReading()
    }

    private func closeReading() {
        reads.close()
        replicas?.close()
        watch?.cancel()
    }

    /// Runs a body that only reads, in one consistent snapshot, on one of the readers' threads.
    public func read<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        readCount.add(1, ordering: .relaxed)
        let result: Result<R, StorageError> = await withCheckedContinuation { continuation in
            let job = BodyJob(body, continuation)
            if !reads.push(job) { job.finished(.unavailable("too many reads wait")) }
        }
        return try result.get()
    }

    /// Runs a body that only reads at a replica, or at the primary where no replica has what must be seen.
    public func readReplica<R: Sendable>(
        where suits: @escaping @Sendable (any Queryable) async throws(StorageError) -> Bool,
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        if let replicas, let result = await replicas.read(where: suits, body) { return result }
        return try await read(body)
    }

    /// Runs a body that may write, under the store's lock; it is durable when this returns.
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        try await writes.perform(body)
    }

    /// Queues a write without waiting for it.
    public func submit(_ job: any WriteJob) -> Bool {
        switch job.lock {
        case .store: writes.push(job, isFollowUp: writer.isCurrent)
        case .rooms: appends.push(job, isFollowUp: appender.isCurrent)
        }
    }

    /// Queues a read without waiting for it.
    public func submit(reading job: any ReadJob) -> Bool {
        readCount.add(1, ordering: .relaxed)
        return reads.push(job)
    }

    /// Finishes what is queued, refuses what comes later and lets go of the connections.
    public func close() async {
        writes.close()
        appends.close()
        closeReading()
        writer.hurry()
        appender.hurry()
        for worker in workers { await worker.value }
        await watch?.value
        lock?.release()
    }

    // MARK: How it stands

    /// What it has done and how it stands; any thread.
    public var figures: StoreFigures {
        var figures = StoreFigures()
        (figures.commits, figures.failures) = health.transactions
        figures.queuedWrites = writes.waitingCount + appends.waitingCount
        figures.queuedReads = reads.waitingCount
        figures.readers = max(1, options.readers)
        figures.busyReaders = max(0, figures.readers - reads.idleCount)
        // Two write, and one asks where the primary is.
        figures.connections = (availability.open, figures.readers + (replicas == nil ? 2 : 3))
        figures.reconnects = max(0, availability.connects - figures.connections.most)
        figures.isConnected = availability.absence == nil
        figures.reads.primary = readCount.load(ordering: .relaxed)
        replicas?.report(to: &figures)
        return figures
    }

    /// Why the store takes no writes at the moment; nil where it does.
    ///
    /// While it fails, asking tries it with an empty write now and then.
    public var fault: StorageError? {
        let absence = availability.absence?.error
        guard let fault = absence ?? health.fault else { return nil }
        if writes.waitingCount == 0, absence != nil || health.wantsProbe() { _ = submit(ProbeJob()) }
        return fault
    }
}

/// An empty write that tells whether the store takes writes again.
final class ProbeJob: WriteJob {
    func run(_ transaction: any Queryable) async throws(StorageError) {}

    /// The writer itself notes how the transaction went.
    func finished(_ error: StorageError?) {}
}
