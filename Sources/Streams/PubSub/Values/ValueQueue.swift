import ClientProtocol
import Reactor

/// The channels of one subscriber whose newest value it has not got yet: one bit each, however many values came.
///
/// There is one queue for each pace that the subscriber asked for, and one for what it missed while it lagged.
final class ValueQueue: TimerTarget {
    let pace: DeliveryPace
    /// Its number among its shard's.
    let number: UInt32
    private let shard: HubShard
    let subscriber: Subscriber
    /// The channel behind each bit; nil for a bit that is free.
    private var channels: [ChannelState?] = []
    private var freeBits: [UInt32] = []
    /// Whether it has ended: its number may be another one's.
    private(set) var isForgotten = false
    /// The bit at which the next message begins: where many have something new all have their turn.
    private var cursor = 0
    /// When the last message left, on the loop's clock.
    private var sentAt: Int64 = .min / 2
    private var timer = TimerID.none
    /// In the queue of what was missed by lagging: those who are to get each publication again.
    var held: [Subscription] = []
    /// Whether it is listed to be written at the end of the turn.
    var isListed = false

    /// Kept in ``Subscriber/queues``, until ``HubShard/forget(_:)`` lets go of it.
    init(_ pace: DeliveryPace, _ subscriber: Subscriber, _ shard: HubShard) {
        self.pace = pace
        self.subscriber = subscriber
        self.shard = shard
        number = shard.notes.addQueue()
    }

    /// Whether nothing is due.
    var isEmpty: Bool { shard.notes.count(of: number) == 0 }
    /// Whether no subscription has it as its own.
    var isUnused: Bool { channels.count == freeBits.count }

    // MARK: Subscriptions

    /// Gives a subscription to a channel its bit.
    func enter(_ channel: ChannelState) -> NotePlace {
        if let bit = freeBits.popLast() {
            channels[Int(bit)] = channel
            return NotePlace(queue: number, bit: bit)
        }
        channels.append(channel)
        shard.notes.reserve(channels.count, in: number)
        return NotePlace(queue: number, bit: UInt32(channels.count - 1))
    }

    /// Takes it back, with what was due.
    func leave(_ bit: UInt32) {
        shard.notes.remove(NotePlace(queue: number, bit: bit))
        channels[Int(bit)] = nil
        freeBits.append(bit)
    }

    /// Takes out the next channel that has something new.
    func next() -> ChannelState? {
        guard let bit = shard.notes.take(of: number, from: cursor) else { return nil }
        cursor = bit + 1
        return channels[bit]
    }

    func forget(on loop: EventLoop) {
        isForgotten = true
        loop.cancelTimer(&timer)
        shard.notes.removeQueue(number)
    }

    // MARK: Time

    /// How long it has to wait yet, in milliseconds.
    func wait(at now: Int64) -> Int64 { max(0, sentAt + pace.intervalMilliseconds - now) }

    func sent(at now: Int64) { sentAt = now }

    func startTimer(after milliseconds: Int64, on loop: EventLoop) {
        guard timer == .none else { return }
        timer = loop.startTimer(after: milliseconds, kind: 0, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        shard.list(self)
    }
}
