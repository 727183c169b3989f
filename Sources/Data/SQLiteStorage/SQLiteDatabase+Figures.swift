import Glibc
public import Storage
import StoreWorkers

extension SQLiteDatabase {
    /// What it has done and how it stands; any thread.
    public var figures: StoreFigures {
        var figures = StoreFigures()
        (figures.commits, figures.failures) = health.transactions
        figures.queuedWrites = writes.waitingCount
        figures.queuedReads = reads.waitingCount
        figures.readers = readerCount
        // Readers that wait for work are the idle ones.
        figures.busyReaders = max(0, readerCount - reads.idleCount)
        figures.databaseBytes = SQLiteFiles.size(file)
        figures.logBytes = SQLiteFiles.size(file + "-wal")
        figures.freeBytes = SQLiteFiles.freeBytes(beside: file)
        return figures
    }

    /// Why the store takes no writes at the moment; nil where it does.
    ///
    /// While it fails, asking tries it with a small write now and then: a server that nobody is sent to would not find
    /// out otherwise that there is room again.
    public var fault: StorageError? {
        guard let fault = health.fault else { return nil }
        if health.wantsProbe() { _ = submit(ProbeJob()) }
        return fault
    }
}

extension SQLiteFiles {
    static func size(_ path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    static func freeBytes(beside path: String) -> Int {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}
