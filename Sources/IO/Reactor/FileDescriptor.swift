import CLinux
import Glibc

/// An open file descriptor.
///
/// Closing is the end of its life, so it cannot be copied.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number that the kernel knows it by.
    public let rawValue: CInt

    /// Takes ownership of `rawValue`.
    public init(owning rawValue: CInt) { self.rawValue = rawValue }

    deinit { _ = Glibc.close(rawValue) }

    /// Gives the number away without closing it.
    public consuming func release() -> CInt {
        let number = rawValue
        discard self
        return number
    }

    /// A second descriptor for the same open file.
    ///
    /// - Throws: ``SystemError`` where the process has no descriptor left.
    public borrowing func duplicate() throws(SystemError) -> FileDescriptor {
        let copy = fcntl(rawValue, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw SystemError(errno, during: "fcntl") }
        return FileDescriptor(owning: copy)
    }
}
