import Synchronization

/// The door to the state of an event loop: any thread posts, the loop's thread receives, in order per poster.
///
/// Mail is a value: handles, ids, shared immutable bytes. A loop has one mailbox per subsystem; a batch costs one
/// wake-up at most and none where the loop is awake.
public final class Mailbox<Mail: Sendable>: Sendable {
    private let queue = Mutex<[Mail]>([])
    // Mirrors `queue` being non-empty, so that a turn without mail takes no lock. Sequentially consistent, as the loop's
    // flag of sleep is: a poster sets this and then looks whether the loop sleeps, the loop does the reverse, and one of
    // them must see the other.
    private let hasMail = Atomic<Bool>(false)
    /// The loop that receives.
    public let executor: LoopExecutor

    /// A mailbox of a loop; ``EventLoop/attach(_:_:)`` says who reads it.
    public init(on executor: LoopExecutor) { self.executor = executor }

    /// Puts a letter in; it is received in the loop's next turn.
    public func post(_ mail: Mail) {
        queue.withLock { $0.append(mail) }
        _ = hasMail.exchange(true, ordering: .sequentiallyConsistent)
        executor.wake()
    }

    /// Puts several letters in, which are received together.
    public func post(contentsOf mail: [Mail]) {
        guard !mail.isEmpty else { return }
        queue.withLock { $0.append(contentsOf: mail) }
        _ = hasMail.exchange(true, ordering: .sequentiallyConsistent)
        executor.wake()
    }

    var isEmpty: Bool { !hasMail.load(ordering: .sequentiallyConsistent) }

    /// How many letters wait.
    var waiting: Int { queue.withLock { $0.count } }

    /// Takes all that is there.
    func takeAll(into batch: inout [Mail]) {
        guard hasMail.exchange(false, ordering: .sequentiallyConsistent) else { return }
        queue.withLock { queue in
            swap(&queue, &batch)
        }
    }
}

/// What the loop needs of a mailbox, whatever its letters are.
protocol Receiver: AnyObject {
    var isEmpty: Bool { get }
    /// How many letters wait.
    var waiting: Int { get }
    /// Receives the letters that are there now.
    /// - Returns: How many there were.
    func receive() -> Int
}

/// A mailbox with its reader.
final class MailReceiver<Mail: Sendable>: Receiver {
    private let mailbox: Mailbox<Mail>
    private let read: ([Mail]) -> Void
    // Swapped with the mailbox's array, so that in the steady state neither allocates.
    private var batch: [Mail] = []

    init(_ mailbox: Mailbox<Mail>, _ read: @escaping ([Mail]) -> Void) {
        self.mailbox = mailbox
        self.read = read
    }

    var isEmpty: Bool { mailbox.isEmpty }
    var waiting: Int { mailbox.waiting }

    func receive() -> Int {
        mailbox.takeAll(into: &batch)
        guard !batch.isEmpty else { return 0 }
        let count = batch.count
        read(batch)
        batch.removeAll(keepingCapacity: count <= 4096)
        return count
    }
}
