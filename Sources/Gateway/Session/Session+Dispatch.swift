import Achievements
import Bytes
import ClientProtocol
import Identity
import Prices
import PubSub
import Reactor
import Rooms
import Storage

extension Session {
    /// Takes a request to its place.
    func dispatch(_ command: Command) {
        if case .auth(let token) = command.body { return authenticate(token, id: command.id) }
        guard let principal, let handle else {
            return refuse(ClientError(.unauthenticated, "Send a token first."), id: command.id)
        }
        // Of people nothing is asked: they are nearly all who come here.
        if principal.scopes != nil {
            do throws(ClientError) {
                try KeyAccess(command.body).check(principal)
            } catch {
                return refuse(error, id: command.id)
            }
        }
        if let room = command.room {
            guard principal.isAtHome else { return refuse(KeyAccess.otherTenant, id: command.id) }
            dispatch(command, room, principal, handle)
        } else {
            dispatchStream(command, principal, handle)
        }
    }

    // MARK: Rooms

    private func dispatch(
        _ command: Command, _ room: String, _ principal: Principal, _ handle: SubscriberHandle
    ) {
        if case .join(_, let since, let history, let invitation, let asset) = command.body,
            !rooms.hasWaiting(room)
        {
            return join(
                room, since: since, history: history, invitation: invitation, asset: asset, id: command.id)
        }
        if rooms.isJoining(room) {
            guard rooms.deferRequest(command, for: room) else {
                let error = ClientError(
                    .rateLimited, "Too many requests wait for this join.", retryAfter: 1000)
                return refuse(error, id: command.id)
            }
            return
        }
        guard rooms.isJoined(room) else {
            return refuse(ClientError(.notJoined, "Join the room first.", field: "room"), id: command.id)
        }
        if let deed = Session.deed(command.body) {
            let author = Author(id: principal.user, name: principal.name, isBot: principal.isBot)
            return gateway.context.rooms.post(
                .act(RoomAct(room: room, deed, author: author, reply: target(handle, id: command.id))),
                to: room)
        }
        switch command.body {
        case .leave:
            rooms.left(room)
            leaveBoard(of: room)
            gateway.context.rooms.post(
                .leave(room: room, handle, reply: target(handle, id: command.id)), to: room)
        case .typing(_, let isTyping):
            gateway.context.rooms.post(
                .typing(room: room, handle, isTyping: isTyping, reply: target(handle, id: command.id)),
                to: room)
        case .presence(_, let cursor, let limit):
            gateway.context.rooms.post(
                .presence(
                    room: room, cursor: cursor, limit: limit, reply: target(handle, id: command.id)), to: room
            )
        default: read(command, room, principal, handle)
        }
    }

    private static func deed(_ body: Command.Body) -> RoomAct.Deed? {
        switch body {
        case .post(_, let draft): .post(draft)
        case .edit(_, let message, let content): .edit(message: message, content: content)
        case .delete(_, let message): .delete(message: message)
        case .pin(_, let message, let isPinned): .pin(message: message, isPinned: isPinned)
        case .react(_, let message, let emoji, let isAdded):
            .react(message: message, emoji: emoji, isAdded: isAdded)
        default: nil
        }
    }

    func join(
        _ room: String, since: StreamPosition?, history: Int, invitation: String? = nil, asset: String? = nil,
        id: String?
    ) {
        guard let principal, let handle else { return }
        guard !rooms.isJoined(room), !rooms.isJoining(room) else {
            let error = ClientError(.alreadyJoined, "This connection is in the room already.", field: "room")
            return refuse(error, id: id)
        }
        guard rooms.count + topics.count < gateway.context.settings.channels else {
            return refuse(Session.tooManyChannels(gateway.context.settings.channels), id: id)
        }
        rooms.joinBegins(room)
        let request = JoinRequest(
            handle, isDeflating: isDeflating, principal: principal, room: room, since: since,
            history: history,
            invitation: invitation, asset: asset, id: id)
        gateway.context.rooms.post(.join(request), to: room)
    }

    static func tooManyChannels(_ limit: Int) -> ClientError {
        ClientError(.tooManyChannels, "A connection has at most \(limit) rooms and streams.")
    }

    /// Readings go to the store and come back as a message; nobody waits for them meanwhile.
    private func read(_ command: Command, _ room: String, _ principal: Principal, _ handle: SubscriberHandle)
    {
        let service = gateway.context.service
        let hub = service.context.hub
        let id = command.id
        let body = command.body
        let target = target(handle, id: id)
        Task {
            do throws(ClientError) {
                if let reply = try await Session.reply(to: body, room, principal, service, id: id) {
                    hub.reply(SharedFrame(reply), id: id, to: handle)
                }
            } catch {
                target.refuse(error, over: hub)
            }
        }
    }

    private static func reply(
        to body: Command.Body, _ room: String, _ principal: Principal, _ service: RoomService, id: String?
    ) async throws(ClientError) -> SharedBytes? {
        switch body {
        case .history(_, let request):
            let seen = try await service.checkReading(principal, room)
            return try await service.history(room, request, id: id, seen: seen)
        case .search(_, let query, let limit, let before):
            let seen = try await service.checkReading(principal, room)
            return try await service.search(
                room, query: query, limit: limit, before: before, id: id, seen: seen)
        case .readMarker(_, let seq):
            let now = try await service.markRead(principal, room, seq: seq)
            return id.map { SessionReply.marked(id: $0, room: room, seq: now) }
        default: return nil
        }
    }

    // MARK: Streams

    private func dispatchStream(_ command: Command, _ principal: Principal, _ handle: SubscriberHandle) {
        switch command.body {
        case .ping:
            if command.id != nil { send(SessionReply.ack(id: command.id)) }
        case .subscribe(let channels, let since, let pace):
            subscribe(channels, since, pace, command.id, principal, handle)
        case .unsubscribe(let channels):
            for channel in channels { topics.remove(channel) }
            _ = target(handle, id: command.id)
            postTopics(.unsubscribe(handle, channels: channels, id: command.id))
        case .publish(let channel, let data, let clientID):
            if StreamKind(channel) == .price {
                return tell(channel, data, command.id, principal, handle)
            }
            // As bytes: for strings, spellings that grants tell apart are equal.
            if publishedTopic?.utf8.elementsEqual(channel.utf8) != true {
                if let error = Session.refusal(of: channel, principal) {
                    return refuse(error, id: command.id)
                }
                publishedTopic = channel
            }
            gateway.context.topics.post(
                .publish(
                    TopicPublication(
                        channel: channel, data: data, publisher: principal.inbox, clientID: clientID,
                        reply: target(handle, id: command.id))))
        default: break
        }
    }

    /// Why a person may not publish to a channel; nil where they may.
    private static func refusal(of channel: String, _ principal: Principal) -> ClientError? {
        guard StreamKind(channel) == .topic, ChannelPattern(streams: channel) != nil,
            !ChannelPattern.isPattern(channel)
        else {
            return .invalid("channel", "Only topics and prices can be published to.")
        }
        return principal.mayPublish(channel) ? nil : principal.publishRefusal(channel)
    }

    /// Whether a channel can be subscribed. Candles are named one by one: nobody wants them of everything.
    private static func isStream(_ channel: String) -> Bool {
        guard ChannelPattern(streams: channel) != nil else { return false }
        switch StreamKind(channel) {
        case .candles: return CandleChannel(channel) != nil
        case .leaderboard: return BoardName(channel: channel) != nil
        case .price where !ChannelPattern.isPattern(channel):
            return Symbol(priceChannel: channel) != nil
        case .risk where !ChannelPattern.isPattern(channel):
            return Symbol(riskChannel: channel) != nil
        case .portfolio, .watchlist: return !ChannelPattern.isPattern(channel)
        default: return true
        }
    }

    /// What is wrong with a name that no stream has: of some kinds there are few, and they are said.
    private static func whyNoStream(_ channel: String) -> String {
        switch StreamKind(channel) {
        case .candles:
            let intervals = CandleInterval.allCases.map(\.rawValue).joined(separator: ", ")
            return "is no channel of candles: these are named one by one, as candles:BTC-USD:1m; "
                + "the intervals are \(intervals)."
        case .leaderboard:
            return "is no leaderboard: there are leaderboard:global, leaderboard:month and, "
                + "with a room's id, leaderboard:{room}."
        default:
            return "is neither a stream as price:BTC-USD nor a pattern as topic:news-*."
        }
    }

    /// Why a person may not subscribe some of these channels and patterns; nil where they may all of them.
    ///
    /// - Parameter isJoined: Whether they are in a room on this connection, whose leaderboard they may see then.
    static func refusal(
        ofReading channels: [String], _ principal: Principal, _ portfolios: PortfolioService?,
        isJoined: (String) -> Bool = { _ in false }
    ) -> ClientError? {
        for channel in channels where channel != "me" {
            guard isStream(channel) else {
                return .invalid("channels", "\"\(channel.prefix(64))\" \(whyNoStream(channel))")
            }
            guard principal.maySubscribe(channel) else { return principal.subscribeRefusal(channel) }
            if StreamKind(channel) == .portfolio, portfolios?.access.allows(channel, principal.inbox) != true
            {
                return ClientError(.notFound, "There is no such portfolio.", field: "channels")
            }
            // Lists are people's; whose one is is asked when it is read.
            if StreamKind(channel) == .watchlist, principal.scopes != nil {
                return ClientError(.notFound, "There is no such watch-list.", field: "channels")
            }
            guard let board = BoardName(channel: channel) else { continue }
            guard principal.isAtHome else { return KeyAccess.otherTenant }
            guard case .room(let room) = board, !isJoined(room) else { continue }
            return ClientError(.notJoined, "Join the room first.", field: "channels")
        }
        return nil
    }
}
