import CLinux
import Glibc

/// Whoever started the process and wants to hear of it: systemd, by the socket that `NOTIFY_SOCKET` names.
///
/// See sd_notify(3); one line in a datagram, so that no library is needed.
final class ServiceManager: Sendable {
    private let socket: String?
    /// How often it wants a sign of life; nil where it wants none.
    private let heartbeat: Duration?
    private let watch = Watch()

    init(_ variables: [String: String] = Configuration.environment()) {
        socket = variables["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        let isMeant = variables["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        // Half as long as it waits, as its manual advises; a third leaves room for a machine under load.
        heartbeat =
            isMeant && socket != nil
            ? variables["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap {
                $0 > 0 ? .microseconds($0 / 3) : nil
            }
            : nil
    }

    /// The server listens. From now on it gives signs of life, where they are wanted.
    ///
    /// - Parameter lives: Returns once every part has shown that it goes on.
    func ready(_ lives: @escaping @Sendable () async -> Void) {
        tell("READY=1\nMAINPID=\(getpid())")
        guard let heartbeat else { return }
        watch.start { [self] in
            while !Task.isCancelled {
                await lives()
                tell("WATCHDOG=1")
                try? await Task.sleep(for: heartbeat)
            }
        }
    }

    /// The server goes away.
    func stopping() { tell("STOPPING=1") }

    /// Its parts end.
    func gone() { watch.stop() }

    private func tell(_ line: String) {
        guard let socket else { return }
        _ = unsafe stoa_tell(socket, line)
    }
}
