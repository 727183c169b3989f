import Bytes
public import Reactor

/// The part of the hub that one event loop owns: its connections' subscriptions, and the fan-out to them.
///
/// In one turn each channel's frames are appended to that channel's one buffer. At the turn's end every connection with
/// something due gets one write that gathers slices of those buffers and of its own messages: the same memory for all
/// subscribers, nothing copied or counted per subscriber and message.
public final class HubShard {
    private struct Slot {
        var generation: UInt32
        var subscriber: Subscriber?
    }

    /// Its door for other threads.
    public let mailbox: Mailbox<HubMail>
    /// Counts since the start.
    public private(set) var counters = HubCounters()
    private let loop: EventLoop
    private let lanes: LaneTable
    private let backlogLimit: Int
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    private var channels: [String: ChannelState] = [:]
    private var dirtyChannels: [ChannelState] = []
    /// Subscribers with messages of their own.
    private var dirtySubscribers: [Subscriber] = []
    /// Subscriptions that skip bytes of this turn.
    private var skipping: [Subscription] = []
    private var stamp: UInt64 = 0
    private var pool = TurnFramesPool()
    private var slices: [Slice] = []

    /// A shard on its loop's thread.
    ///
    /// - Parameters:
    ///   - mailbox: A mailbox of that loop, which this shard reads from now on.
    ///   - backlogLimit: Bytes that may wait for one slow connection.
    public init(_ loop: EventLoop, _ mailbox: Mailbox<HubMail>, backlogLimit: Int) {
        self.loop = loop
        lanes = loop.lanes
        self.mailbox = mailbox
        self.backlogLimit = backlogLimit
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
        loop.atEndOfTurn { [unowned self] in endTurn() }
    }

    // MARK: Subscribers

    /// Makes a connection known to the hub.
    public func add(_ connection: Connection, owner: any SubscriberOwner, isDeflating: Bool) -> Subscriber {
        let slot: UInt32
        if let reused = freeSlots.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(generation: 0, subscriber: nil))
        }
        let handle = SubscriberHandle(
            shard: UInt16(loop.index), slot: slot, generation: slots[Int(slot)].generation)
        let subscriber = Subscriber(connection, handle: handle, isDeflating: isDeflating)
        subscriber.owner = owner
        slots[Int(slot)].subscriber = subscriber
        return subscriber
    }

    /// Forgets a connection and its subscriptions; their homes are told by the session.
    public func remove(_ subscriber: Subscriber) {
        let slot = Int(subscriber.handle.slot)
        guard slots[slot].generation == subscriber.handle.generation else { return }
        while let subscription = subscriber.firstSubscription { detach(subscription) }
        slots[slot].subscriber = nil
        subscriber.owner = nil
        slots[slot].generation &+= 1
        freeSlots.append(UInt32(slot))
    }

    private func find(_ handle: SubscriberHandle) -> Subscriber? {
        let slot = Int(handle.slot)
        guard slot < slots.count, slots[slot].generation == handle.generation else { return nil }
        return slots[slot].subscriber
    }

    // MARK: Mail

    private func receive(_ letter: HubMail) {
        switch letter {
        case .broadcast(let channel, let frame):
            broadcast(frame, to: channel)
        case .send(let handle, let frame):
            if let subscriber = find(handle) { send(frame, to: subscriber) }
        case .reply(let handle, let frame):
            guard let subscriber = find(handle) else { return }
            send(frame, to: subscriber)
            subscriber.owner?.replied()
        case .subscribe(let handle, let channel, let first):
            guard let subscriber = find(handle) else { return }
            for frame in first { send(frame, to: subscriber) }
            subscribe(subscriber, to: channel)
            subscriber.owner?.subscribed(to: channel)
        case .refuse(let handle, let channel, let frame):
            guard let subscriber = find(handle) else { return }
            send(frame, to: subscriber)
            subscriber.owner?.subscriptionRefused(to: channel)
        case .unsubscribe(let handle, let channel, let last, let cause):
            guard let subscriber = find(handle) else { return }
            unsubscribe(subscriber, from: channel)
            if let last { send(last, to: subscriber) }
            subscriber.owner?.unsubscribed(from: channel, cause: cause)
        case .close(let handle, let code, let reason):
            find(handle)?.owner?.closeRequested(code: code, reason: reason)
        }
    }

    private func subscribe(_ subscriber: Subscriber, to name: String) {
        let channel = channels[name] ?? makeChannel(name)
        guard subscriber.subscription(where: { $0.channel === channel }) == nil else { return }
        let subscription = Subscription(channel, subscriber, index: channel.subscriptions.count)
        channel.subscriptions.append(subscription)
        channel.lanes.append(ChannelLane(subscriber.connection, isDeflating: subscriber.isDeflating))
        subscriber.add(subscription)
        if subscriber.isDeflating { channel.deflatingCount += 1 }
        // Frames of this turn from before the subscription are not its own.
        if channel.isDirty { skipWritten(subscription) }
    }

    private func makeChannel(_ name: String) -> ChannelState {
        let channel = ChannelState(name: name)
        channels[name] = channel
        return channel
    }

    private func unsubscribe(_ subscriber: Subscriber, from name: String) {
        // What it is due of this turn leaves before the end of the subscription.
        flush(subscriber)
        // Looked for after the flush, which may have been the end of a reader that lagged.
        if let subscription = subscriber.subscription(where: { $0.channel.name == name }) {
            detach(subscription)
        }
    }

    /// What its channel has now is not due to it; what the channel gets in the rest of the turn is.
    private func skipWritten(_ subscription: Subscription) {
        let deflating = subscription.subscriber.isDeflating
        subscription.skippedBytes = subscription.channel.frames(deflating: deflating)?.byteCount ?? 0
        skipping.append(subscription)
        lanes[subscription.subscriber.connection.lane] |= HubShard.isSpecial
    }

    private func detach(_ subscription: Subscription) {
        let channel = subscription.channel
        subscription.subscriber.remove(subscription)
        let last = channel.subscriptions.removeLast()
        let lastLane = channel.lanes.removeLast()
        if last !== subscription {
            channel.subscriptions[subscription.index] = last
            channel.lanes[subscription.index] = lastLane
            last.index = subscription.index
        }
        if subscription.subscriber.isDeflating { channel.deflatingCount -= 1 }
        if channel.subscriptions.isEmpty, !channel.isDirty { channels[channel.name] = nil }
    }

    // MARK: Fan-out

    /// Sends a message to one subscriber, in order with the channels' frames of this turn.
    public func send(_ frame: SharedFrame, to subscriber: Subscriber) {
        let bytes = subscriber.isDeflating ? frame.deflated : frame.plain
        append(bytes.span, frame.deliveryClass, to: subscriber)
    }

    /// Sends a finished WebSocket frame to one subscriber.
    public func append(
        _ frame: Span<UInt8>, _ deliveryClass: DeliveryClass = .essential, to subscriber: Subscriber
    ) {
        touch(subscriber)
        stamp += 1
        counters.replies += 1
        let own = subscriber.own ?? pool.take()
        subscriber.own = own
        own.append(frame, stamp: stamp, deliveryClass)
    }

    private func broadcast(_ frame: SharedFrame, to name: String) {
        guard let channel = channels[name], !channel.subscriptions.isEmpty else { return }
        if !channel.isDirty {
            channel.isDirty = true
            dirtyChannels.append(channel)
        }
        stamp += 1
        counters.publications[frame.deliveryClass] += 1
        counters.deliveries[frame.deliveryClass] += channel.subscriptions.count
        if channel.deflatingCount < channel.subscriptions.count {
            let frames = channel.plain ?? pool.take()
            channel.plain = frames
            let bytes = frame.plain
            frames.append(bytes.span, stamp: stamp, frame.deliveryClass)
        }
        if channel.deflatingCount > 0 {
            let frames = channel.deflated ?? pool.take()
            channel.deflated = frames
            let bytes = frame.deflated
            frames.append(bytes.span, stamp: stamp, frame.deliveryClass)
        }
    }

    private func touch(_ subscriber: Subscriber) {
        guard !subscriber.isDirty else { return }
        subscriber.isDirty = true
        dirtySubscribers.append(subscriber)
        lanes[subscriber.connection.lane] |= HubShard.isSpecial
    }

    private func endTurn() {
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
            if channel.subscriptions.isEmpty { channels[channel.name] = nil }
        }
        dirtyChannels.removeAll(keepingCapacity: true)
    }

    /// The mark of a subscriber that may not take the short way this turn: it has messages of its own, or has been
    /// written to already. Below it a lane's note counts channels with frames of this turn.
    private static let isSpecial: UInt16 = 0x8000

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
        var candidate = subscriber.firstSubscription
        while let subscription = candidate {
            candidate = subscription.next
            let channel = subscription.channel
            guard channel.isDirty else { continue }
            if let frames = channel.frames(deflating: subscriber.isDeflating) {
                merge.add(frames, from: subscription.skippedBytes, channel: channel)
            }
            skipWritten(subscription)
        }
        merge.run(into: &slices)
        counters.droppedHints += merge.droppedHints
        counters.heldPresence += merge.heldPresence
        for name in merge.stalePresence where !subscriber.stalePresence.contains(name) {
            subscriber.stalePresence.append(name)
        }
    }

    private func forgetOwn(_ subscriber: Subscriber) {
        guard let own = subscriber.own else { return }
        subscriber.own = nil
        pool.giveBack(own)
    }

    /// The channels whose presence a reader missed while it lagged; asking forgets them.
    public func takeStalePresence(of subscriber: Subscriber) -> [String] {
        let stale = subscriber.stalePresence
        subscriber.stalePresence = []
        return stale
    }
}

/// What a shard has done since the start.
public struct HubCounters: Sendable {
    /// Frames published to a channel with subscribers here.
    public var publications = DeliveryCounts()
    /// Frames times subscribers.
    public var deliveries = DeliveryCounts()
    /// Frames for one subscriber alone: replies, pings, what a joining client gets first.
    public var replies = 0
    /// Droppable frames left out for readers that lagged.
    public var droppedHints = 0
    /// Presence frames left out for readers that lagged, each replaced later by one of the newest state.
    public var heldPresence = 0
    /// Connections closed as slow.
    public var slowCloses = 0
}
