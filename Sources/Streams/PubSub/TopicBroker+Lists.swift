import ClientProtocol

// Lists of channels: whoever subscribes one is subscribed to what it lists, and that follows the list.
extension TopicBroker {
    /// A list that a subscriber asked for.
    struct WantedList {
        let pace: DeliveryPace
        /// The channels that it brought.
        var channels: Set<String>
    }

    /// Takes over lists as whoever asked for them has read them, where nothing newer is known here.
    func learn(_ lists: [String: ChannelList]) {
        for (name, list) in lists {
            guard let topic = find(name), (topic.list?.version ?? .min) < list.version else { continue }
            topic.last = (list.data, list.at)
            guard !topic.audience.isEmpty else { continue }
            topic.audience.broadcast(topic.snapshot, to: name, over: hub)
            listChanged(topic)
        }
    }

    /// What a name stands for: a list for itself and all that it lists.
    func topicsListed(by topic: Topic) -> [Topic] {
        [topic] + (topic.list?.channels ?? []).compactMap { find($0) }
    }

    /// Notes that a subscriber wants a list; what is not known here yet of it follows.
    func addList(_ name: String, _ request: TopicSubscription) {
        guard let list = topics[name]?.list else { return }
        var subscribed = subscribers[request.handle] ?? Subscribed(request)
        subscribed.lists[name] = WantedList(pace: request.pace, channels: Set(list.channels))
        subscribers[request.handle] = subscribed
    }

    /// Subscribes to what a list has that was not subscribed with it.
    func completeList(_ name: String, _ handle: SubscriberHandle) {
        guard let list = topics[name]?.list else { return }
        for channel in list.channels { bring(channel, of: name, to: handle) }
    }

    /// A list is another than it was: what it has more is brought with a `snapshot`, what it has less ends.
    func listChanged(_ topic: Topic) {
        guard topic.format.kind == .watchlist, !topic.audience.isEmpty else { return }
        let channels = topic.list?.channels ?? []
        for (handle, subscribed) in subscribers {
            guard let before = subscribed.lists[topic.name]?.channels else { continue }
            let now = Set(channels)
            subscribers[handle]?.lists[topic.name]?.channels = now
            for channel in before.subtracting(now) { drop(channel, handle) }
            for channel in channels { bring(channel, of: topic.name, to: handle) }
        }
    }

    /// Ends a subscription that nothing asks for any more.
    func drop(_ channel: String, _ handle: SubscriberHandle) {
        guard let subscribed = subscribers[handle], subscribed.names.contains(channel),
            !subscribed.wants(channel)
        else { return }
        subscribers[handle]?.names.remove(channel)
        if let topic = topics[channel] { leave(topic, handle) }
        hub.post(.unsubscribe(handle, channel: channel, last: nil, cause: .requested), to: handle)
    }

    /// Forgets what was named, and lists among it.
    ///
    /// - Returns: The channels of these lists.
    func forgetLists(_ names: [String], _ handle: SubscriberHandle) -> Set<String> {
        var listed: Set<String> = []
        for name in names {
            subscribers[handle]?.named.remove(name)
            if let list = subscribers[handle]?.lists.removeValue(forKey: name) {
                listed.formUnion(list.channels)
            }
        }
        return listed
    }

    /// Subscribes to a channel of a list. One of several processes has to learn where it stands first, and announces it
    /// then.
    private func bring(_ channel: String, of list: String, to handle: SubscriberHandle) {
        guard let subscribed = subscribers[handle], let wish = subscribed.lists[list],
            !subscribed.names.contains(channel)
        else { return }
        let topic = sharing == nil ? find(channel) : opened(channel, creates: true)
        guard let topic, topic.isReady else { return }
        add(topic, handle, subscribed, first: [topic.snapshot], pace: wish.pace)
    }
}

extension TopicBroker.Subscribed {
    /// How something is wanted that was not named: because of a pattern, or of a list.
    func pace(of channel: String) -> DeliveryPace? {
        if let wish = patterns.first(where: { $0.pattern.covers(channel) }) { return wish.pace }
        return lists.values.first { $0.channels.contains(channel) }?.pace
    }

    /// Whether a channel was named, or is wanted without.
    func wants(_ channel: String) -> Bool { named.contains(channel) || pace(of: channel) != nil }
}
