/// A database that tells how it stands.
public protocol WatchedDatabase: Database {
    /// What it has done and how it stands; any thread.
    var figures: StoreFigures { get }

    /// Why the store takes no writes at the moment; nil where it does. Asking may try it.
    var fault: StorageError? { get }
}
