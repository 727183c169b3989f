import Glibc
import Storage

/// A directory that this process alone uses, from init to the last owner's end.
final class DirectoryLock: Sendable {
    private let descriptor: CInt

    /// Makes the directory where it does not exist, and locks it.
    ///
    /// - Throws: ``StorageError/locked(_:)`` where somebody else has it.
    init(_ directory: String) throws(StorageError) {
        try DirectoryLock.create(directory)
        let path = directory + "/lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .inputOutput("cannot open \(path): \(unsafe String(cString: strerror(errno)))")
        }
        // The kernel lets go of it when the process ends, however it ends.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw .locked(directory) }
    }

    deinit { _ = Glibc.close(descriptor) }

    private static func create(_ directory: String) throws(StorageError) {
        var path = directory.hasPrefix("/") ? "" : "."
        for part in directory.split(separator: "/") {
            path += "/" + part
            if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
                throw .inputOutput("cannot make \(path): \(unsafe String(cString: strerror(errno)))")
            }
        }
    }
}
