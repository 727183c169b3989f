public import Storage
import StoreWorkers

/// The store in a directory of this machine: SQLite with a write-ahead log.
///
/// ```
///   write, submit ──► queue ──► writer thread ──► one connection, group commit
///   read ───────────► queue ──► reader threads ─► a connection each, a snapshot each
///                               checkpoint thread moves the log into the database
/// ```
public final class SQLiteDatabase: WatchedDatabase {
    typealias Read = @Sendable (SQLiteConnection) async -> Void

    /// SQL as SQLite speaks it.
    public var dialect: Dialect { .sqlite }
    /// FTS5.
    public let search: any MessageSearch = SQLiteSearch()

    private let lock: DirectoryLock
    let file: String
    let health = StoreHealth()
    let readerCount: Int
    private let writer: Writer
    let writes: WorkQueue<any WriteJob>
    let reads: WorkQueue<Read>
    private let workers: [Task<Void, Never>]

    /// Opens the store in `directory`, making both where they do not exist, and brings its schema up to date.
    ///
    /// - Parameter migrates: Whether the schema is brought up to date; without it, only to look at it.
    /// - Throws: ``StorageError/locked(_:)`` where another process has it open,
    ///   ``StorageError/newerVersion(found:supported:)`` where a later program wrote it.
    public static func open(
        directory: String, options: SQLiteOptions = SQLiteOptions(), migrates: Bool = true
    ) async throws(StorageError) -> SQLiteDatabase {
        let database = try SQLiteDatabase(directory: directory, options: options)
        if !migrates { return database }
        do {
            try await Migrator.migrate(database)
            try await database.write { (transaction) async throws(StorageError) in
                try await SQLiteSearch.prepare(transaction)
                // The writer has read its schema before there were tables.
                _ = try await transaction.query("ANALYZE sqlite_schema")
            }
            return database
        } catch {
            await database.close()
            throw error
        }
    }

    private init(directory: String, options: SQLiteOptions) throws(StorageError) {
        lock = try DirectoryLock(directory)
        file = SQLiteFiles.database(in: directory)
        writes = WorkQueue(limit: options.queuedWrites)
        let reads = WorkQueue<Read>(limit: options.queuedReads)
        self.reads = reads
        let connection = try SQLiteConnection(path: file)
        try SQLiteDatabase.configure(connection, options)
        // Of a newer program's database nothing may change, but it is not known yet whose this is: figures that name
        // no table do no harm.
        try SQLiteStatistics.store(connection)
        var readers: [SQLiteConnection] = []
        readerCount = max(1, options.readers)
        for _ in 0..<readerCount {
            let reader = try SQLiteConnection(path: file)
            // No memory map: where a disk fails, a read must throw, not kill the process.
            try reader.execute("PRAGMA query_only = 1; PRAGMA cache_size = -2048; PRAGMA mmap_size = 0")
            readers.append(reader)
        }
        let checkpointer = Checkpointer(connection: try SQLiteConnection(path: file))
        writer = Writer(connection: connection, checkpointer: checkpointer, health: health)
        workers =
            [writer.start(writes, atMost: options.writesPerTransaction)]
            + readers.enumerated().map { SQLiteDatabase.startReader($0.element, $0.offset, reads) }
    }

    private static func configure(
        _ connection: SQLiteConnection, _ options: SQLiteOptions
    ) throws(StorageError) {
        // The page size must come before the file has pages. Checkpoints are the checkpointer's; erased text is
        // overwritten, not only unlinked; temporary data stays in memory, a full disk cannot hurt it.
        try connection.execute(
            """
            PRAGMA page_size = 4096;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA secure_delete = ON;
            PRAGMA wal_autocheckpoint = 0;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA temp_store = MEMORY;
            PRAGMA cache_size = -4096
            """)
        if let limit = options.pageLimit { try connection.execute("PRAGMA max_page_count = \(limit)") }
    }

    private static func startReader(
        _ connection: SQLiteConnection, _ index: Int, _ queue: WorkQueue<Read>
    ) -> Task<Void, Never> {
        let thread = WorkerThread(name: "sqlite-read-\(index)")
        return Task(executorPreference: thread) {
            while let read = await queue.next(atMost: 1).first { await read(connection) }
            connection.close()
            thread.stop()
        }
    }

    /// Runs a body that only reads, in one consistent snapshot, on one of the readers' threads.
    public func read<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let result: Result<R, StorageError> = await withCheckedContinuation { continuation in
            let isTaken = reads.push { connection in
                continuation.resume(returning: await connection.snapshot(body))
            }
            if !isTaken { continuation.resume(returning: .failure(.unavailable("too many reads wait"))) }
        }
        return try result.get()
    }

    /// Runs a body that may write, on the writer's thread; it is durable when this returns.
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        try await writes.perform(body)
    }

    /// Queues a write without waiting for it.
    public func submit(_ job: any WriteJob) -> Bool { writes.push(job, isFollowUp: writer.isCurrent) }

    /// Queues a read without waiting for it.
    public func submit(reading job: any ReadJob) -> Bool {
        reads.push { connection in
            let result = await connection.snapshot { (snapshot) async throws(StorageError) in
                try await job.run(snapshot)
            }
            switch result {
            case .success: job.finished(nil)
            case .failure(let error): job.finished(error)
            }
        }
    }

    /// Finishes what is queued, refuses what comes later and lets go of the files.
    public func close() async {
        // Twice is nothing: the queues stay closed and the workers are done.
        writes.close()
        reads.close()
        for worker in workers { await worker.value }
        let writer = writer
        let lock = lock
        _ = try? await WorkerThread.run(name: "sqlite-close") { () throws(StorageError) in
            writer.close()
            lock.release()
        }
    }

    /// Whether there is a store in a directory.
    public static func exists(in directory: String) -> Bool {
        SQLiteFiles.exists(SQLiteFiles.database(in: directory))
    }

    /// Copies the store to a new file while it is in use.
    ///
    /// The file appears under its name only when it is whole; it must not exist before.
    public func backup(to path: String) async throws(StorageError) {
        let file = file
        try await WorkerThread.run(name: "sqlite-backup") { () throws(StorageError) in
            try SQLiteFiles.backup(from: file, to: path)
        }
    }

    /// Copies the store of a directory that another process may have open.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is no store.
    public static func backup(directory: String, to path: String) throws(StorageError) {
        let file = SQLiteFiles.database(in: directory)
        guard SQLiteFiles.exists(file) else { throw .notFound(file) }
        try SQLiteFiles.backup(from: file, to: path)
    }

    /// Replaces the store in `directory`, which nobody may have open, by a backup; every room starts a new epoch.
    ///
    /// Until the very last step the old store stays as it was.
    public static func restore(from path: String, directory: String) throws(StorageError) {
        let lock = try DirectoryLock(directory)
        try withExtendedLifetime(lock) { () throws(StorageError) in
            try SQLiteFiles.restore(from: path, directory: directory)
        }
    }
}

extension SQLiteConnection {
    /// Runs a body in a transaction that only reads.
    func snapshot<R: Sendable>(
        _ body: @Sendable (any Queryable) async throws(StorageError) -> R
    ) async -> Result<R, StorageError> {
        defer {
            if isInTransaction { _ = try? run("COMMIT") }
            if isInTransaction { _ = try? run("ROLLBACK") }
        }
        do {
            try run("BEGIN")
            return .success(try await body(self))
        } catch {
            return .failure(error)
        }
    }
}
