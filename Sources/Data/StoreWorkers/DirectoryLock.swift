import Glibc
package import Storage
import Synchronization

/// A directory that this process alone uses, from init to its release or the last owner's end.
package final class DirectoryLock: Sendable {
    // -1 once released.
    private let descriptor: Mutex<CInt>

    /// Makes the directory where it does not exist, and locks it.
    ///
    /// - Throws: ``StorageError/locked(_:)`` where somebody else has it.
    package init(_ directory: String) throws(StorageError) {
        try DirectoryLock.create(directory)
        let path = directory + "/lock"
        let number = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw .inputOutput("cannot open \(path): \(unsafe String(cString: strerror(errno)))")
        }
        // The kernel lets go of it when the process ends, however it ends.
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            _ = Glibc.close(number)
            throw .locked(directory)
        }
        descriptor = Mutex(number)
    }

    deinit { release() }

    /// Lets others use the directory. Again is nothing.
    package func release() {
        descriptor.withLock { number in
            if number >= 0 {
                // Before the close: a child that is just being started has a copy of the descriptor for a moment, and the
                // lock would live as long as that.
                flock(number, LOCK_UN)
                _ = Glibc.close(number)
            }
            number = -1
        }
    }

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
