import CLinux
import Glibc

/// A thread of our own, for what may block or must own a processor.
public enum DetachedThread {
    /// What a thread has, whatever the limits of whoever started the process say; pages that it never touches cost nothing.
    private static let stackBytes = 8 << 20

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a detached thread.
    ///
    /// - Parameter name: At most 15 characters are shown by the system's tools.
    public static func start(name: String, _ run: @escaping @Sendable () -> Void) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        unsafe pthread_attr_setstacksize(&attributes, stackBytes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run))
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                unsafe body.name.withCString { unsafe stoa_name_thread($0) }
                body.run()
                return nil
            }, body.toOpaque())
        precondition(result == 0, "pthread_create: \(SystemError.words(result))")
    }
}
