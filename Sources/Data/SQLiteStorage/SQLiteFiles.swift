import Glibc
import Storage

/// The store's files: where they are, how they are copied and replaced.
enum SQLiteFiles {
    /// The database in a data directory; SQLite puts `-wal` and `-shm` beside it.
    static func database(in directory: String) -> String { directory + "/stoa.db" }

    /// Copies a database that may be in use to a file that must not exist.
    static func backup(from file: String, to path: String) throws(StorageError) {
        guard !exists(path) else { throw .conflict("\(path) exists already") }
        let partial = path + ".partial"
        remove(partial)
        do {
            let source = try SQLiteConnection(path: file)
            defer { source.close() }
            try source.copy(to: partial)
            // A backup is one file: without this it would want a log beside it when it is opened.
            let copy = try SQLiteConnection(path: partial)
            defer { copy.close() }
            try copy.execute("PRAGMA journal_mode = DELETE")
        } catch {
            remove(partial)
            throw error
        }
        try synchronize(partial)
        try move(partial, to: path)
    }

    /// Replaces the database of a directory by a backup with new epochs.
    static func restore(from path: String, directory: String) throws(StorageError) {
        guard exists(path) else { throw .notFound(path) }
        let file = database(in: directory)
        let incoming = file + ".incoming"
        for suffix in ["", "-wal", "-shm", "-journal"] { remove(incoming + suffix) }
        do {
            try prepare(incoming, from: path)
        } catch {
            remove(incoming)
            throw error
        }
        try synchronize(incoming)
        // The old log first: beside the new database it would be taken for its own.
        try settle(file)
        try move(incoming, to: file)
    }

    private static func prepare(_ incoming: String, from path: String) throws(StorageError) {
        let source = try SQLiteConnection(path: path, readOnly: true)
        defer { source.close() }
        try source.copy(to: incoming)
        let copy = try SQLiteConnection(path: incoming)
        defer { copy.close() }
        guard try copy.run("PRAGMA quick_check(1)").first?.values == ["ok"] else {
            throw .corrupt("\(path) is damaged")
        }
        let found = try version(copy, path)
        guard found <= Migrator.supportedVersion || Migrator.admits(oldest: oldest(copy, found)) else {
            throw .newerVersion(found: found, supported: Migrator.supportedVersion)
        }
        try copy.execute("PRAGMA journal_mode = DELETE")
        try copy.run("UPDATE rooms SET epoch = $1", [.text(RoomRecord.newEpoch())])
    }

    private static func version(_ copy: SQLiteConnection, _ path: String) throws(StorageError) -> Int {
        do {
            guard case .integer(let version)? = try copy.run(Migrator.versionQuery).first?.values.first else {
                throw StorageError.corrupt("\(path) is not a backup of ours")
            }
            return Int(version)
        } catch {
            throw .corrupt("\(path) is not a backup of ours")
        }
    }

    /// The oldest schema whose programs may use it; nil where it does not say.
    private static func oldest(_ copy: SQLiteConnection, _ version: Int) -> Int? {
        let rows = try? copy.run(Migrator.oldestQuery, [.integer(Int64(version))])
        guard case .integer(let oldest)? = rows?.first?.values.first else { return nil }
        return Int(oldest)
    }

    /// Moves the old database's log into it, or drops a log that cannot be moved.
    private static func settle(_ file: String) throws(StorageError) {
        if exists(file), let old = try? SQLiteConnection(path: file) {
            _ = try? old.execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
            old.close()
        }
        for suffix in ["-wal", "-shm", "-journal"] { remove(file + suffix) }
    }

    private static func synchronize(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { _ = close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write", path) }
    }

    private static func move(_ path: String, to target: String) throws(StorageError) {
        guard unsafe rename(path, target) == 0 else { throw failure("rename", path) }
        let directory = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        try synchronize(directory.isEmpty ? "/" : directory)
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    private static func remove(_ path: String) { _ = unsafe unlink(path) }

    private static func failure(_ action: String, _ path: String) -> StorageError {
        .inputOutput("cannot \(action) \(path): \(unsafe String(cString: strerror(errno)))")
    }
}
