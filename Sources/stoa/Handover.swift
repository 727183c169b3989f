import Gateway
import Reactor

/// What is left to do after another process on the same port has gone: it had all connections sent to one socket of
/// ours, the first one that is not its own, and they are to be spread over all loops again.
final class Handover: Sendable {
    private let watch = Watch()
    /// It is not known when it goes; asking for nothing costs nothing.
    private static let interval = Duration.seconds(5)

    /// Looks after it from now on.
    func follow(_ doors: [Mailbox<GatewayMail>]) {
        watch.start {
            while !Task.isCancelled {
                for door in doors { door.post(.spread) }
                try? await Task.sleep(for: Handover.interval)
            }
        }
    }

    /// Lets it be, before this process has connections sent elsewhere itself.
    func stop() { watch.stop() }
}
