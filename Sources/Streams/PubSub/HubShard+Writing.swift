import Bytes
import Reactor

extension HubShard {
    // MARK: The turn's end

    func endTurn() {
        writeDueValues()
        writeTurn()
        if !watches.isEmpty { lookAtWatches() }
    }

    private func writeTurn() {
        guard !dirtySubscribers.isEmpty || !dirtyChannels.isEmpty else { return }
        writeChannels()
        for subscriber in dirtySubscribers {
            if subscriber.isDirty { flush(subscriber) }
            lanes[subscriber.connection.lane] = 0
        }
        dirtySubscribers.removeAll(keepingCapacity: true)
        for subscription in skipping {
            subscription.skippedBytes = 0
            lanes[subscription.subscriber.connection.lane] = 0
        }
        skipping.removeAll(keepingCapacity: skipping.count <= 256)
        for channel in dirtyChannels {
            channel.isDirty = false
            if let frames = channel.plain { pool.giveBack(frames) }
            if let frames = channel.deflated { pool.giveBack(frames) }
            channel.plain = nil
            channel.deflated = nil
            if channel.isEmpty { channels[channel.name] = nil }
        }
        dirtyChannels.removeAll(keepingCapacity: true)
    }

    /// The mark of a subscriber that may not take the short way this turn: it has messages of its own, or has been
    /// written to already. Below it a lane's note counts channels with frames of this turn.
    static let isSpecial: UInt16 = 0x8000

    /// Most subscribers get frames of one channel and none of their own: these take the short way, on which nothing but
    /// the channel's list and the table of lanes is touched. The others' frames are put in order.
    private func writeChannels() {
        let isAlone = dirtyChannels.count == 1
        if !isAlone {
            for channel in dirtyChannels { for entry in channel.lanes { lanes[entry.lane] &+= 1 } }
        }
        var sent = 0
        for channel in dirtyChannels {
            // Who falls behind may leave the list while it is read: this is the list as it was.
            let (subscriptions, entries) = (channel.subscriptions, channel.lanes)
            let (plain, deflated) = (channel.plain?.buffer, channel.deflated?.buffer)
            for index in entries.indices {
                let entry = entries[index]
                let note = lanes[entry.lane]
                if note == 1 || isAlone && note == 0 {
                    lanes[entry.lane] = 0
                    guard let buffer = entry.isDeflating ? deflated : plain else { continue }
                    sent += write(buffer, entry, subscriptions, index)
                } else if note != 0 {
                    // Nothing more is due to it after this; another dirty channel of it does not count again.
                    lanes[entry.lane] = 0
                    flush(subscriptions[index].subscriber)
                    lanes[entry.lane] = 0
                }
            }
        }
        loop.countSent(sent)
    }

    /// The short way: one channel's frames to a reader that keeps up.
    ///
    /// - Returns: How many bytes went past the connection, which counts what goes by itself.
    private func write(
        _ buffer: TurnBuffer, _ entry: ChannelLane, _ subscriptions: [Subscription], _ index: Int
    ) -> Int {
        let count = buffer.bytes.count
        let sent = buffer.bytes.withSpan { lanes.send($0, to: entry.lane) }
        if sent < count { writeRest(buffer, from: sent, to: subscriptions[index]) }
        return sent
    }

    /// To one that does not keep up, speaks TLS or is gone: its connection knows what to do.
    private func writeRest(_ buffer: TurnBuffer, from sent: Int, to subscription: Subscription) {
        let subscriber = subscription.subscriber
        let connection = subscriber.connection
        guard sent > 0 || connection.backlogBytes == 0 else { return flush(subscriber) }
        connection.write(buffer, from: sent)
        guard connection.backlogBytes > backlogLimit, connection.isOpen else { return }
        skipWritten(subscription)
        fellBehind(subscriber)
    }

    private func fellBehind(_ subscriber: Subscriber) {
        counters.slowCloses += 1
        subscriber.owner?.fellBehind()
    }

    /// Writes all that is due to a subscriber.
    ///
    /// To be called before bytes go to its connection by another way than the shard, as a close frame does.
    public func flush(_ subscriber: Subscriber) {
        guard subscriber.isDirty || !dirtyChannels.isEmpty else { return }
        subscriber.isDirty = false
        let connection = subscriber.connection
        merge(subscriber, lagging: connection.backlogBytes > 0)
        if !slices.isEmpty {
            connection.write(slices)
            slices.removeAll(keepingCapacity: true)
        }
        forgetOwn(subscriber)
        if connection.backlogBytes > backlogLimit, connection.isOpen { fellBehind(subscriber) }
    }

    /// Puts the slices of several buffers in the order in which their frames arose; leaves out what a lagging reader
    /// does not get.
    private func merge(_ subscriber: Subscriber, lagging: Bool) {
        var merge = FrameMerge(lagging: lagging)
        if let own = subscriber.own { merge.add(own, from: 0, channel: nil) }
        if subscriber.subscriptionCount > max(Subscriber.walkLimit, dirtyChannels.count) {
            for channel in dirtyChannels {
                if let subscription = subscriber.subscription(to: channel) { add(subscription, to: &merge) }
            }
        } else {
            var candidate = subscriber.firstSubscription
            while let subscription = candidate {
                candidate = subscription.next
                if subscription.channel.isDirty { add(subscription, to: &merge) }
            }
        }
        merge.run(into: &slices)
        counters.droppedHints += merge.droppedHints
        counters.heldPresence += merge.heldPresence
        for channel in merge.heldValues {
            if let subscription = subscriber.subscription(to: channel) { holdValue(of: subscription) }
        }
        for name in merge.stalePresence where !subscriber.stalePresence.contains(name) {
            subscriber.stalePresence.append(name)
        }
    }

    /// Adds what a channel's buffer of this turn has for one of its subscribers; from now on it counts as written.
    private func add(_ subscription: Subscription, to merge: inout FrameMerge) {
        guard subscription.queue == nil, !subscription.isApart else { return }
        if let frames = subscription.channel.frames(deflating: subscription.subscriber.isDeflating) {
            merge.add(frames, from: subscription.skippedBytes, channel: subscription.channel)
        }
        skipWritten(subscription)
    }

    private func forgetOwn(_ subscriber: Subscriber) {
        guard let own = subscriber.own else { return }
        subscriber.own = nil
        pool.giveBack(own)
    }
}
