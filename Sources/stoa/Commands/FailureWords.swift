import Gateway
import Reactor
import Storage

/// What went wrong, for whoever started the program.
enum FailureWords {
    static func words(_ error: any Error) -> String {
        switch error {
        case StorageError.locked(let path):
            "the data directory is in use by another stoa (\(path)). Stop that one, or choose another --data-dir."
        case StorageError.newerVersion(let found, let supported):
            "the data was written by a newer stoa whose schema (\(found)) older ones may not use; this one knows up to \(supported). Use the newer one."
        case StorageError.diskFull: "the disk is full"
        case StorageError.inputOutput(let words): "cannot use the data directory: \(words)"
        case StorageError.corrupt(let words): "the store is damaged: \(words)"
        case StorageError.unavailable(let words): "the store is not available: \(words)"
        case StorageError.conflict(let words), StorageError.statement(let words): words
        case StorageError.notFound(let what): "\(what) is not there"
        case let error as AddressError: "http.trusted_proxies: \(error)"
        default: "\(error)"
        }
    }
}
