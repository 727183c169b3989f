import Bytes
public import Reactor
import WebSocket

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
    public internal(set) var counters = HubCounters()
    let loop: EventLoop
    let lanes: LaneTable
    let backlogLimit: Int
    private var slots: [Slot] = []
    private var freeSlots: [UInt32] = []
    var channels: [String: ChannelState] = [:]
    var dirtyChannels: [ChannelState] = []
    /// Subscribers with messages of their own.
    var dirtySubscribers: [Subscriber] = []
    /// Subscriptions that skip bytes of this turn.
    var skipping: [Subscription] = []
    private(set) var stamp: UInt64 = 0
    var pool = TurnFramesPool()
    var slices: [Slice] = []
    /// What waits for values and is to be written at the end of this turn.
    var dueQueues: [ValueQueue] = []
    /// Who has a value to get.
    var notes = ValueNotes()
    /// The queues of the notes, by their numbers.
    var queues: [ValueQueue?] = []
    /// The values of one message on their way into a turn's buffer.
    var batch = ValueBatch()
    /// Those who wait to hear that a channel's frames have been handed over.
    var watches: [HandoverWatch] = []

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
    ///
    /// - Parameter framing: How its messages are put; nil for WebSocket frames.
    public func add(
        _ connection: Connection, owner: any SubscriberOwner, isDeflating: Bool,
        framing: (any MessageFraming)? = nil
    ) -> Subscriber {
        let slot: UInt32
        if let reused = freeSlots.popLast() {
            slot = reused
        } else {
            slot = UInt32(slots.count)
            slots.append(Slot(generation: 0, subscriber: nil))
        }
        let handle = SubscriberHandle(
            shard: UInt16(loop.index), slot: slot, generation: slots[Int(slot)].generation)
        let subscriber = Subscriber(
            connection, handle: handle, isDeflating: isDeflating, framing: framing)
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
        case .setPace(let handle, let name, let pace):
            guard let subscriber = find(handle), let channel = channels[name],
                let subscription = subscriber.subscription(to: channel)
            else { return }
            setPace(pace, of: subscription)
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
        case .watch(let channel, let round, let listener):
            watches.append(HandoverWatch(channel, round, listener))
        }
    }

    private func subscribe(_ subscriber: Subscriber, to name: String) {
        let channel = channels[name] ?? makeChannel(name)
        guard subscriber.subscription(to: channel) == nil else { return }
        let subscription = Subscription(channel, subscriber)
        subscriber.add(subscription)
        enter(subscription)
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
        if let channel = channels[name], let subscription = subscriber.subscription(to: channel) {
            detach(subscription)
        }
    }

    private func detach(_ subscription: Subscription) {
        let channel = subscription.channel
        subscription.subscriber.remove(subscription)
        leave(subscription)
        if channel.isEmpty, !channel.isDirty { channels[channel.name] = nil }
    }

    // MARK: Fan-out

    /// Sends a message to one subscriber, in order with the channels' frames of this turn.
    public func send(_ frame: SharedFrame, to subscriber: Subscriber) {
        let bytes = subscriber.isDeflating ? frame.deflated : frame.plain
        append(bytes.span, frame.deliveryClass, to: subscriber)
    }

    /// Sends a finished WebSocket frame to one subscriber; where that is none, the message in it.
    public func append(
        _ frame: Span<UInt8>, _ deliveryClass: DeliveryClass = .essential, to subscriber: Subscriber
    ) {
        guard let framing = subscriber.framing else { return put(frame, deliveryClass, to: subscriber) }
        var message = ByteBuffer()
        framing.append(FrameEncoder.payload(of: frame), to: &message)
        if !message.isEmpty { put(message.span, deliveryClass, to: subscriber) }
    }

    /// Sends bytes to one subscriber as they are, in order with its messages.
    public func put(
        _ frame: Span<UInt8>, _ deliveryClass: DeliveryClass = .essential, to subscriber: Subscriber
    ) {
        let own = own(of: subscriber)
        own.append(frame, stamp: stamp, deliveryClass)
    }

    /// A subscriber's own buffer of this turn, for one message more.
    func own(of subscriber: Subscriber) -> TurnFrames {
        touch(subscriber)
        stamp += 1
        counters.replies += 1
        let own = subscriber.own ?? pool.take()
        subscriber.own = own
        return own
    }

    private func broadcast(_ frame: SharedFrame, to name: String) {
        guard let channel = channels[name], !channel.isEmpty else { return }
        counters.publications[frame.deliveryClass] += 1
        if frame.value != nil {
            noteValue(frame, of: channel)
        } else {
            for subscription in channel.apart { send(frame, to: subscription.subscriber) }
            for subscription in channel.waiting { send(frame, to: subscription.subscriber) }
        }
        if !channel.subscriptions.isEmpty { append(frame, to: channel) }
    }

    private func append(_ frame: SharedFrame, to channel: ChannelState) {
        if !channel.isDirty {
            channel.isDirty = true
            dirtyChannels.append(channel)
        }
        stamp += 1
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

    /// The channels whose presence a reader missed while it lagged; asking forgets them.
    public func takeStalePresence(of subscriber: Subscriber) -> [String] {
        let stale = subscriber.stalePresence
        subscriber.stalePresence = []
        return stale
    }
}
