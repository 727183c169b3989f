import Gateway
import Reactor
import Telemetry

/// Reads the certificates again, on SIGHUP; those connected stay as they are.
struct Reload: Sendable {
    private let assembly: Assembly
    private let doors: [Mailbox<GatewayMail>]

    init(_ assembly: Assembly, _ doors: [Mailbox<GatewayMail>]) {
        self.assembly = assembly
        self.doors = doors
    }

    func run() {
        do {
            guard let context = try assembly.tls() else {
                return Log.notice("nothing to reload: no TLS is configured")
            }
            for door in doors { door.post(.reload(context)) }
            Log.notice("the certificates have been read again")
        } catch {
            // The old ones go on.
            Log.error("the certificates stay as they were: \(error)")
        }
    }
}
