import Bytes
import Synchronization
import Telemetry

/// Mails that wait to go out: as many as it may hold, a few at a time, each tried again where that may help.
public final class MailQueue: Sendable {
    /// Takes a mail to its host or service.
    ///
    /// - Returns: Why it did not go; nil where it did.
    public typealias Delivery = @Sendable (CodeMail) async -> MailFailure?

    /// How many go out at a time.
    private static let workerLimit = 4
    /// How long is waited before each further try, in milliseconds.
    public static let usualPauses: [Int64] = [1000, 5000, 25_000]

    private struct State {
        var waiting: [CodeMail] = []
        var first = 0
        var workers = 0
        var isClosed = false
        var count: Int { waiting.count - first }
    }

    private let limit: Int
    private let pauses: [Int64]
    private let deliver: Delivery
    private let state = Mutex(State())

    /// A queue.
    ///
    /// - Parameters:
    ///   - limit: How many may wait.
    ///   - pauses: How long is waited before each further try, in milliseconds.
    public init(limit: Int, pauses: [Int64] = usualPauses, deliver: @escaping Delivery) {
        self.limit = limit
        self.pauses = pauses
        self.deliver = deliver
    }

    /// Whether one more could be put in.
    public var hasRoom: Bool { state.withLock { !$0.isClosed && $0.count < limit } }

    /// Puts a mail in.
    ///
    /// - Returns: Whether there was room for it.
    public func add(_ mail: CodeMail) -> Bool {
        let (isTaken, isNewWorker) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed, state.count < limit else { return (false, false) }
            state.waiting.append(mail)
            guard state.workers < MailQueue.workerLimit else { return (true, false) }
            state.workers += 1
            return (true, true)
        }
        if isNewWorker { Task { await work() } }
        return isTaken
    }

    /// Sends nothing more that has not begun.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = []
            state.first = 0
        }
    }

    private func work() async {
        while let mail = next() { await send(mail) }
    }

    private func next() -> CodeMail? {
        state.withLock { state in
            guard state.count > 0 else {
                state.workers -= 1
                state.waiting = []
                state.first = 0
                return nil
            }
            let mail = state.waiting[state.first]
            state.first += 1
            // By halves, so that each is moved a few times at most.
            if state.first > 64, state.first * 2 > state.waiting.count {
                state.waiting.removeFirst(state.first)
                state.first = 0
            }
            return mail
        }
    }

    private func send(_ mail: CodeMail) async {
        for pause in pauses.map(Optional.some) + [nil] {
            guard mail.expiresAt > .now() else { return lose(mail, "its code ran out before it could go") }
            guard let failure = await deliver(mail) else { return }
            guard !failure.isFinal, let pause else { return lose(mail, failure.words) }
            Log.warning("a mail to \(mail.address.domain) waits: \(failure.words)")
            try? await Task.sleep(for: .milliseconds(pause))
        }
    }

    /// Without what is before the `@`: who asks for a code is nobody's business who reads the log.
    private func lose(_ mail: CodeMail, _ words: String) {
        Log.error("a mail to \(mail.address.domain) is given up: \(words)")
    }
}
