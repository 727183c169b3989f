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
    /// Channels whose presence it missed while it lagged.
    var stalePresence: [String] = []

    init(_ connection: Connection, handle: SubscriberHandle, isDeflating: Bool) {
        self.connection = connection
        self.handle = handle
        self.isDeflating = isDeflating
    }

    /// Its subscription that fulfils a condition.
    func subscription(where condition: (Subscription) -> Bool) -> Subscription? {
        var candidate = firstSubscription
        while let subscription = candidate {
            if condition(subscription) { return subscription }
            candidate = subscription.next
        }
        return nil
    }

    func add(_ subscription: Subscription) {
        subscription.next = firstSubscription
        firstSubscription = subscription
    }

    func remove(_ subscription: Subscription) {
        if firstSubscription === subscription {
            firstSubscription = subscription.next
        } else {
            self.subscription { $0.next === subscription }?.next = subscription.next
        }
        subscription.next = nil
    }
}

/// One subscriber on one channel.
final class Subscription {
    let channel: ChannelState
    /// Both know each other until ``HubShard/remove(_:)`` or the end of the subscription.
    let subscriber: Subscriber
    /// The subscriber's next one.
    var next: Subscription?
    /// Its place in the channel's list.
    var index: Int
    /// Bytes of the channel's frames of this turn that are not due to it: from before it came, or written already.
    var skippedBytes = 0

    init(_ channel: ChannelState, _ subscriber: Subscriber, index: Int) {
        self.channel = channel
        self.subscriber = subscriber
        self.index = index
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
    var subscriptions: [Subscription] = []
    /// Where each subscription's connection is in the loop's table, in the order of ``subscriptions``.
    var lanes: [ChannelLane] = []
    /// This turn's frames, where there are any.
    var plain: TurnFrames?
    /// The same for compressed subscribers.
    var deflated: TurnFrames?
    var deflatingCount = 0
    var isDirty = false

    init(name: String) { self.name = name }

    func frames(deflating: Bool) -> TurnFrames? { deflating ? deflated : plain }
}
