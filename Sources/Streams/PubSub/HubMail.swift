public import ClientProtocol

/// What a channel's home tells the shards of the hub.
///
/// One sender's mail is received in the order in which it was posted; that is what keeps a `joined` before the
/// pushes that follow it, and a channel's publications in their order.
public enum HubMail: Sendable {
    /// A publication for all subscribers of a channel on this shard.
    case broadcast(channel: String, SharedFrame)
    /// A message for one subscriber.
    case send(SubscriberHandle, SharedFrame)
    /// The one reply to a request of the subscriber that carried an id.
    case reply(SubscriberHandle, SharedFrame)
    /// The first frames and, from then on, the publications of a channel.
    case subscribe(SubscriberHandle, channel: String, first: [SharedFrame])
    /// How the subscriber wants the values of a channel that it is subscribed to. Rare, so that its size is kept apart.
    indirect case setPace(SubscriberHandle, channel: String, DeliveryPace)
    /// No more of a channel, after a last message.
    case unsubscribe(SubscriberHandle, channel: String, last: SharedFrame?, cause: UnsubscribeCause)
    /// The end of the connection.
    case close(SubscriberHandle, code: UInt16, reason: String)
    /// A subscription that was asked for and refused, with the answer.
    case refuse(SubscriberHandle, channel: String, SharedFrame)
    /// The wish to hear when the kernel has all that the channel's subscribers on this shard are due until now.
    case watch(channel: String, round: UInt64, any HandoverListener)
}

/// Who hears when a channel's publications have been handed over; any thread.
public protocol HandoverListener: AnyObject, Sendable {
    /// Every subscriber of a shard has all that was published before the round, or is gone.
    func handedOver(on channel: String, round: UInt64)
}

/// Why a subscription ended.
public enum UnsubscribeCause: Sendable, Equatable {
    /// The client asked for it.
    case requested
    /// Somebody with the right to it removed the person.
    case removed
    /// The person is banned.
    case banned
}
