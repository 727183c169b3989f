import CLinux
import Glibc

/// Starts detached threads.
package enum Thread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Starts a thread; the system's tools show at most 15 characters of the name.
    package static func start(name: String, _ run: @escaping @Sendable () -> Void) {
        let body = unsafe Unmanaged.passRetained(Body(name: name, run: run)).toOpaque()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                unsafe body.name.withCString { unsafe stoa_name_thread($0) }
                body.run()
                return nil
            }, body)
        unsafe pthread_attr_destroy(&attributes)
        // Only at start: a process that cannot have five threads cannot serve.
        precondition(code == 0, "cannot start thread \(name)")
    }
}
