import ClientProtocol
public import Reactor

/// The session behind a subscriber: what the shard tells it.
public protocol SubscriberOwner: AnyObject {
    /// One of its requests has its reply.
    func replied()
    /// A subscription that was asked for has begun.
    func subscribed(to channel: String)
    /// A subscription that was asked for was refused; the client has the answer.
    func subscriptionRefused(to channel: String)
    /// A subscription has ended.
    func unsubscribed(from channel: String, cause: UnsubscribeCause)
    /// The connection is to be closed with a close frame.
    func closeRequested(code: UInt16, reason: String)
    /// The reader's backlog is beyond its bound: chat cannot be held back any longer.
    func fellBehind()
}

extension SubscriberOwner {
    /// Nothing to do for those who do not wait for replies.
    public func replied() {}
}

/// A connection that channels' publications go to; owned by one shard.
public final class Subscriber {
    /// Where the bytes go.
    public let connection: Connection
    /// Itself for other threads.
    public internal(set) var handle: SubscriberHandle
    /// Whether it gets compressed frames.
    public let isDeflating: Bool
    /// How its messages are put; nil for WebSocket frames.
    let framing: (any MessageFraming)?
    /// Whose connection it is, until ``HubShard/remove(_:)``. Not weak: each weak reference's object costs an
    /// allocation more.
    public internal(set) var owner: (any SubscriberOwner)?

    /// Its own messages of this turn, when there are any.
    var own: TurnFrames?
    /// Whether it has messages of its own to get at the end of the turn.
    var isDirty = false
    /// Its subscriptions, linked by ``Subscription/next``: nearly everybody has one, and an array would be one more
    /// allocation.
    private(set) var firstSubscription: Subscription?
    private(set) var subscriptionCount = 0
    /// Its subscriptions by channel where it has many, as whoever wants all prices.
    private var index: [ObjectIdentifier: Subscription]?
    /// Subscriptions that are looked through one by one.
    static let walkLimit = 16
    /// Channels whose presence it missed while it lagged.
    var stalePresence: [String] = []

    init(
        _ connection: Connection, handle: SubscriberHandle, isDeflating: Bool, framing: (any MessageFraming)?
    ) {
        self.connection = connection
        self.handle = handle
        self.isDeflating = isDeflating
        self.framing = framing
    }

    /// What it waits for, by the pace that it asked for.
    var queues: [ValueQueue] = []

    /// Its subscription to a channel.
    func subscription(to channel: ChannelState) -> Subscription? {
        if let index { return index[ObjectIdentifier(channel)] }
        var candidate = firstSubscription
        while let subscription = candidate {
            if subscription.channel === channel { return subscription }
            candidate = subscription.next
        }
        return nil
    }

    func add(_ subscription: Subscription) {
        subscription.next = firstSubscription
        firstSubscription?.previous = subscription
        firstSubscription = subscription
        subscriptionCount += 1
        if index != nil {
            index?[ObjectIdentifier(subscription.channel)] = subscription
        } else if subscriptionCount > Subscriber.walkLimit {
            index = makeIndex()
        }
    }

    func remove(_ subscription: Subscription) {
        if let previous = subscription.previous {
            previous.next = subscription.next
        } else {
            firstSubscription = subscription.next
        }
        subscription.next?.previous = subscription.previous
        subscription.next = nil
        subscription.previous = nil
        subscriptionCount -= 1
        index?[ObjectIdentifier(subscription.channel)] = nil
    }

    private func makeIndex() -> [ObjectIdentifier: Subscription] {
        var made: [ObjectIdentifier: Subscription] = [:]
        var candidate = firstSubscription
        while let subscription = candidate {
            made[ObjectIdentifier(subscription.channel)] = subscription
            candidate = subscription.next
        }
        return made
    }

    func queue(_ pace: DeliveryPace) -> ValueQueue? { queues.first { $0.pace == pace } }
}

/// One subscriber on one channel.
final class Subscription {
    let channel: ChannelState
    /// Both know each other until ``HubShard/remove(_:)`` or the end of the subscription.
    let subscriber: Subscriber
    /// The subscriber's next one, and the one before it.
    var next: Subscription?
    fileprivate(set) var previous: Subscription?
    /// Its place in that of the channel's lists in which it is.
    var index = 0
    /// Where it waits for the channel's newest value; nil for one that gets each publication as it arises. One that
    /// lags waits in the queue of those without a pace, until it has caught up.
    var queue: ValueQueue?
    /// Its bit in the queue.
    var bit: UInt32 = 0
    /// Whether what it gets is no WebSocket frames: each is written for it alone.
    var isApart: Bool { subscriber.framing != nil }
    /// Bytes of the channel's frames of this turn that are not due to it: from before it came, or written already.
    var skippedBytes = 0

    init(_ channel: ChannelState, _ subscriber: Subscriber) {
        self.channel = channel
        self.subscriber = subscriber
    }
}

/// A subscription as the fan-out sees it.
struct ChannelLane {
    private let packed: UInt32
    init(_ connection: Connection, isDeflating: Bool) {
        packed = connection.lane << 1 | (isDeflating ? 1 : 0)
    }
    var lane: UInt32 { packed >> 1 }
    var isDeflating: Bool { packed & 1 == 1 }
}

/// A channel's subscribers on one shard, and its frames of this turn: one contiguous buffer that all of them share.
final class ChannelState {
    let name: String
    /// Those who get each publication as it arises, in the frames that all of them share.
    var subscriptions: [Subscription] = []
    /// Where each subscription's connection is in the loop's table, in the order of ``subscriptions``.
    var lanes: [ChannelLane] = []
    /// This turn's frames, where there are any.
    var plain: TurnFrames?
    /// The same for compressed subscribers.
    var deflated: TurnFrames?
    var deflatingCount = 0
    var isDirty = false
    /// Those who get the newest value now and then.
    var waiting: [Subscription] = []
    /// Where each of their notes is, in the order of ``waiting``.
    var notePlaces: [NotePlace] = []
    /// Those who get each publication in a form of their own.
    var apart: [Subscription] = []
    /// The newest publication that carries a value.
    var latest: SharedFrame?

    init(name: String) { self.name = name }

    func frames(deflating: Bool) -> TurnFrames? { deflating ? deflated : plain }

    var isEmpty: Bool { subscriptions.isEmpty && waiting.isEmpty && apart.isEmpty }
}
