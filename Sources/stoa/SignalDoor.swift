import Reactor
import Synchronization

/// Takes the signals' descriptor to the loop that watches it, once.
final class SignalDoor: Sendable {
    private let source: Mutex<SignalSource?>

    init(_ source: consuming SignalSource) { self.source = Mutex(source) }

    func attach(to loop: EventLoop, _ receive: @escaping (Signal) -> Void) throws(SystemError) {
        let source = source.withLock { source in
            var taken: SignalSource?
            swap(&taken, &source)
            return taken
        }
        guard let source else { return }
        try source.attach(to: loop, receive)
    }
}
