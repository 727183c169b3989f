import Bytes
import JSON

// Pushes to people who are connected elsewhere: one channel that every process hears, and on which other services may speak.
extension TopicBroker: BrokerListener {
    /// Tells the other processes of a push.
    func share(_ user: String, _ type: String, _ members: [UInt8]) {
        guard let broker else { return }
        var writer = JSONWriter(capacity: members.count + 128)
        writer.beginObject()
        writer.field("type", type)
        writer.field("user", user)
        writer.field("from", broker.instance)
        writer.key("members")
        writer.beginObject()
        writer.members(members.span)
        writer.endObject()
        writer.endObject()
        broker.publish(writer.span, to: BrokerChannel(.notifications))
    }

    /// A push or a publication of another process, or of another service.
    public func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel) {
        switch channel.kind {
        case .topic: delivered(payload, channel.key)
        case .topics: announced(payload)
        default: pushed(payload)
        }
    }

    private func pushed(_ payload: [UInt8]) {
        // Whoever comes tries with nothing whether they may.
        guard !payload.isEmpty else { return }
        guard let push = SharedPush(payload.span), push.sender != nil || !push.isReserved else {
            return complain(of: BrokerChannel(.notifications).name)
        }
        guard push.sender != broker?.instance else { return }
        self.push(to: push.user, push.type, push.members)
    }

    /// Nothing is kept of pushes for those who listen late; topics are asked for what was missed.
    public func brokerSubscribed(to channel: BrokerChannel) {
        switch channel.kind {
        case .topic: heard(channel.key)
        case .topics: lookForTopics()
        default: break
        }
    }

    /// What other processes say is missed until it is there again.
    public func brokerLost(_ channel: BrokerChannel) {
        if channel.kind == .topic { topics[channel.key]?.link?.isLive = false }
    }

    /// Nobody is entered here.
    public func brokerForgotPeople() {}
    /// What could not be said is not said again: whoever was away sees it in what is stored.
    public func brokerCanPublish() {}
}

/// A push to a person on its way between processes.
struct SharedPush {
    private(set) var type = ""
    private(set) var user = ""
    private(set) var sender: String?
    /// The members beside type, channel and offset, without braces.
    private(set) var members: [UInt8] = []

    /// What a type may be called.
    private static let typeLength = 1...64
    /// What the server alone says: clients would take another's for it.
    static let reservedTypes: Set<String> = [
        "ack", "achievement_earned", "alert_triggered", "anomaly", "candle_update", "document_shared",
        "error", "gap", "highlight_created", "history", "joined", "leaderboard_update", "left",
        "message_deleted",
        "message_pinned", "message_updated", "new_message", "notification_read", "pong", "presence_diff",
        "portfolio_update", "presence_state", "price_update", "progress", "publication", "reaction_updated",
        "read_updated",
        "receipt", "reconnect", "risk_update", "role_updated", "room_updated", "search_results", "snapshot",
        "token_expiring", "typing_status", "unread_updated", "user_joined", "user_left", "user_updated",
        "watchlist_update", "welcome",
    ]

    /// Whether only a process of ours may say it.
    var isReserved: Bool { SharedPush.reservedTypes.contains(type) }

    /// Reads a push; nil where it is none.
    init?(_ payload: Span<UInt8>) {
        do {
            var reader = JSONReader(payload)
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, equals: "type") {
                    type = try reader.readString()
                } else if reader.key(key, equals: "user") {
                    user = try reader.readString()
                } else if reader.key(key, equals: "from") {
                    sender = try reader.readString()
                } else if reader.key(key, equals: "members"), case .object = try reader.peek() {
                    let range = try reader.skipValue()
                    let inside = payload.extracting((range.lowerBound + 1)..<(range.upperBound - 1))
                    let isBlank = inside.indices.allSatisfy { inside[$0] <= UInt8(ascii: " ") }
                    members = isBlank ? [] : [UInt8](inside)
                } else {
                    _ = try reader.skipValue()
                }
            }
            try reader.end()
        } catch {
            return nil
        }
        let isWord = type.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }
        guard isWord, SharedPush.typeLength.contains(type.utf8.count), !user.isEmpty else { return nil }
    }
}
