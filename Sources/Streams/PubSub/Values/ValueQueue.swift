import ClientProtocol
import Reactor

/// The channels of one subscriber whose newest value it has not got yet: one place each, however many values came.
///
/// There is one queue for each pace that the subscriber asked for, and one for what it missed while it lagged.
final class ValueQueue: TimerTarget {
    let pace: DeliveryPace
    private let shard: HubShard
    let subscriber: Subscriber
    /// What is due, oldest first. A note whose number is not its subscription's any more counts for nothing: the
    /// subscription has ended, or has another pace.
    private(set) var notes: [(subscription: Subscription, number: UInt64)] = []
    /// Those of ``notes`` that count for nothing.
    private var ended = 0
    /// When the last message left, on the loop's clock.
    private var sentAt: Int64 = .min / 2
    private var timer = TimerID.none
    /// How many subscriptions have it as theirs.
    var subscriptionCount = 0
    /// In the queue of what was missed by lagging: those who are to get each publication again.
    var held: [Subscription] = []
    /// Whether it is listed to be written at the end of the turn.
    var isListed = false

    /// Where it is kept in ``Subscriber/queues``, it is let go of by ``HubShard/remove(_:)``.
    init(_ pace: DeliveryPace, _ subscriber: Subscriber, _ shard: HubShard) {
        self.pace = pace
        self.subscriber = subscriber
        self.shard = shard
    }

    var isEmpty: Bool { notes.count == ended }

    /// Notes that a channel has a value which the subscriber has not.
    ///
    /// - Returns: False where it was noted before: the value of then is replaced.
    func add(_ subscription: Subscription, number: UInt64) -> Bool {
        guard !subscription.isPending else { return false }
        subscription.note = number
        notes.append((subscription, number))
        return true
    }

    /// Forgets a note: the subscription has ended, or has another pace.
    func drop(_ subscription: Subscription) {
        guard subscription.isPending else { return }
        subscription.note = 0
        ended += 1
        guard ended > 32, ended * 2 > notes.count else { return }
        notes.removeAll { $0.subscription.note != $0.number }
        ended = 0
    }

    /// Takes out the first ones, so that they can be noted anew.
    func take(_ count: Int) {
        for note in notes.prefix(count) {
            if note.subscription.note == note.number { note.subscription.note = 0 } else { ended -= 1 }
        }
        notes.removeFirst(count)
    }

    // MARK: Time

    /// How long it has to wait yet, in milliseconds.
    func wait(at now: Int64) -> Int64 { max(0, sentAt + pace.intervalMilliseconds - now) }

    func sent(at now: Int64) { sentAt = now }

    func startTimer(after milliseconds: Int64, on loop: EventLoop) {
        guard timer == .none else { return }
        timer = loop.startTimer(after: milliseconds, kind: 0, target: self)
    }

    func cancelTimer(on loop: EventLoop) { loop.cancelTimer(&timer) }

    func timerFired(kind: UInt8) {
        timer = .none
        shard.list(self)
    }
}
