import ClientProtocol
import Identity
import Prices
import PubSub
import Reactor
import Rooms
import Storage

extension Session {
    /// Passes a wish to the topics, behind those before it.
    func postTopics(_ mail: TopicMail) {
        if let door = topicDoor { door.post(mail) } else { gateway.context.topics.post(mail) }
    }

    /// Subscribes channels that the person may read. Prices and data count against their tier, once for each request.
    func subscribe(
        _ channels: [String], _ since: [String: StreamPosition], _ pace: DeliveryPace, _ id: String?,
        _ principal: Principal, _ handle: SubscriberHandle
    ) {
        let refusal = Session.refusal(
            // Who reads events was judged before, by what the store says.
            ofReading: channels, principal, gateway.context.portfolios,
            isJoined: { isEventStream || rooms.isJoined($0) })
        if let refusal { return refuse(refusal, id: id) }
        let added = Set(channels).subtracting(topics).subtracting(["me"])
        guard rooms.count + topics.count + added.count <= gateway.context.settings.channels else {
            return refuse(Session.tooManyChannels(gateway.context.settings.channels), id: id)
        }
        let (context, meter) = (gateway.context, gateway.context.meter)
        // Of an event stream both came with its request.
        let counted = readLists == nil && Meter.counts(channels, since: since) ? meter.take(principal) : nil
        if let counted, let excess = meter.refusal(counted) { return refuse(excess, id: id) }
        topics.formUnion(added)
        let target = target(handle, id: id)
        let (isDeflating, user) = (isDeflating, principal.inbox)
        let subscription = { @Sendable (lists: [String: ChannelList]) in
            TopicMail.subscribe(
                TopicSubscription(
                    handle, isDeflating: isDeflating, user: user, channels: channels, since: since,
                    pace: pace, id: id, lists: lists))
        }
        let wanted = readLists == nil ? WatchlistService.channels(among: channels) : []
        guard !wanted.isEmpty || counted != nil && meter.isShared else {
            return postTopics(subscription(readLists ?? [:]))
        }
        let door = topicDoor ?? TopicDoor(context.topics)
        topicDoor = door
        let key = principal.key
        door.ask {
            do throws(ClientError) {
                if let counted, let excess = meter.refusal(await meter.confirm(counted)) { throw excess }
                return subscription(try await context.lists(wanted, of: key))
            } catch {
                target.refuse(error, over: context.rooms.hub)
                return nil
            }
        }
    }
}

extension GatewayContext {
    /// A person's watch-lists, by their channels.
    ///
    /// - Throws: ``ClientError`` where one of them is none of theirs.
    func lists(
        _ channels: [String], of person: PersonKey
    ) async throws(ClientError) -> [String: ChannelList] {
        guard !channels.isEmpty else { return [:] }
        let watchlists = watchlists
        let found = try await Route.stored { () async throws(StorageError) in
            try await watchlists?.lists(channels, of: person)
        }
        guard let found else {
            throw ClientError(.notFound, "There is no such watch-list.", field: "channels")
        }
        return found
    }
}
