public import Bytes
public import ClientProtocol

/// What sessions and services ask of the topic broker.
public enum TopicMail: Sendable {
    /// Publications of channels and patterns, from now on or from positions on.
    case subscribe(TopicSubscription)
    /// No more of these channels or patterns.
    case unsubscribe(SubscriberHandle, channels: [String], id: String?)
    /// One publication.
    case publish(TopicPublication)
    /// A channel's value for other services, which may read it at the broker for so long.
    case keep(channel: String, data: [UInt8], milliseconds: Int64)
    /// The last value of a channel from before the start, where it has none yet.
    case seed(channel: String, data: [UInt8], at: Timestamp)
    /// A publication for a channel that somebody listens to; nothing where nobody does.
    case offer(channel: String, data: [UInt8])
    /// The wish to hear of each channel of a kind that somebody opens here. Called on the broker's loop.
    case hearOpened(StreamKind, @Sendable (String) -> Void)
    /// Who may read channels of a kind, asked when somebody subscribes: by the channel and the person's own channel's name.
    case guardReaders(StreamKind, @Sendable (String, String) -> Bool)
    /// These people may not read a channel any more: their subscriptions end at once.
    case revoke(channel: String, users: Set<String>)
    /// To which of these channels does somebody listen here? Answered on the broker's loop.
    case listened([String], @Sendable ([String]) -> Void)
    /// A person's own channel, joined by their connection without asking.
    case attachPersonal(SubscriberHandle, user: String)
    /// A push to a person, on all their connections: the members after `"type"`, as JSON without braces.
    case notify(user: String, type: String, members: [UInt8])
    /// What a person was pushed is forgotten: they are erased.
    case forgetPersonal(user: String)
    /// The same for their connections at this process alone: what every process tells its own.
    case notifyHere(user: String, type: String, members: [UInt8])
    /// Which of these people are connected? Answered on the broker's loop.
    case online([String], @Sendable ([String]) -> Void)
    /// A person's connection is gone.
    case gone(SubscriberHandle, user: String)
}

/// A request to subscribe.
public struct TopicSubscription: Sendable {
    let handle: SubscriberHandle
    let isDeflating: Bool
    let user: String
    let channels: [String]
    let since: [String: StreamPosition]
    let pace: DeliveryPace
    let id: String?
    /// The lists among the channels, as the caller has read them.
    let lists: [String: ChannelList]

    /// A request of a subscriber.
    ///
    /// - Parameters:
    ///   - user: Whose connection it is: the channel `me` is theirs.
    ///   - channels: Names or patterns, which the caller has the right to.
    ///   - pace: How those of them that have values are wanted.
    ///   - lists: Those of them that are lists, as they are now.
    public init(
        _ handle: SubscriberHandle, isDeflating: Bool, user: String, channels: [String],
        since: [String: StreamPosition], pace: DeliveryPace = .direct, id: String?,
        lists: [String: ChannelList] = [:]
    ) {
        self.handle = handle
        self.isDeflating = isDeflating
        self.user = user
        self.channels = channels
        self.since = since
        self.pace = pace
        self.id = id
        self.lists = lists
    }
}

/// A publication on its way in.
public struct TopicPublication: Sendable {
    let channel: String
    let data: [UInt8]
    let publisher: String
    let clientID: String?
    let reply: ReplyTarget

    /// What a repeat of it has in common with it.
    var key: String? { clientID.map { "\(publisher)\n\($0)" } }

    /// A publication, whose publisher has the right to the channel.
    ///
    /// - Parameters:
    ///   - data: Valid JSON, passed on byte for byte.
    ///   - publisher: Whose `clientID` it is.
    ///   - clientID: Makes the publication idempotent while the ring remembers it.
    public init(channel: String, data: [UInt8], publisher: String, clientID: String?, reply: ReplyTarget) {
        self.channel = channel
        self.data = data
        self.publisher = publisher
        self.clientID = clientID
        self.reply = reply
    }
}
