import Bytes
import ClientProtocol
import JSON
import Reactor
import WebSocket

// Values that replace one another. Each channel keeps its newest one for all of its subscribers here; a subscriber that
// waits, since it asked for fewer messages or since it lags, has one note for each channel that has something new.
extension HubShard {
    /// A value's bytes in one message, and in one write to one subscriber: a burst of thousands of symbols does not fill
    /// the backlog of its reader, nor keep the loop from others.
    static let valueBytes = 65_536
    /// When the rest of such a burst follows.
    private static let restMilliseconds: Int64 = 10

    /// Sets the pace of a subscription that has begun.
    func setPace(_ pace: DeliveryPace, of subscription: Subscription) {
        let subscriber = subscription.subscriber
        guard pace != subscription.queue?.pace ?? .direct else { return }
        flush(subscriber)
        move(subscription, to: pace.isDirect && !isPending(subscription) ? nil : queue(pace, of: subscriber))
    }

    /// Puts a subscription into a queue or, with nil, among those that get each publication; what is due to it stays so.
    private func move(_ subscription: Subscription, to queue: ValueQueue?) {
        let isPending = isPending(subscription)
        leave(subscription)
        subscription.queue = queue
        enter(subscription)
        guard let queue else { return }
        if queue.pace.isDirect { queue.held.append(subscription) }
        if isPending { note(NotePlace(queue: queue.number, bit: subscription.bit)) }
    }

    /// Whether its channel has a value that it has not got.
    private func isPending(_ subscription: Subscription) -> Bool {
        guard let queue = subscription.queue else { return false }
        return notes.contains(NotePlace(queue: queue.number, bit: subscription.bit))
    }

    /// A queue that no subscription is in any more.
    func forget(_ queue: ValueQueue) {
        queue.forget(on: loop)
        queues[Int(queue.number)] = nil
        queue.subscriber.queues.removeAll { $0 === queue }
    }

    private func queue(_ pace: DeliveryPace, of subscriber: Subscriber) -> ValueQueue {
        if let queue = subscriber.queue(pace) { return queue }
        let queue = ValueQueue(pace, subscriber, self)
        subscriber.queues.append(queue)
        while queues.count <= Int(queue.number) { queues.append(nil) }
        queues[Int(queue.number)] = queue
        return queue
    }

    // MARK: What is new

    /// A value arose: those who wait for it get a note, those who get each one have it in the channel's buffer, or in
    /// their own.
    func noteValue(_ frame: SharedFrame, of channel: ChannelState) {
        channel.latest = frame
        for place in channel.notePlaces { note(place) }
        for subscription in channel.apart {
            if subscription.subscriber.connection.backlogBytes == 0 {
                counters.deliveries[.value] += 1
                send(frame, to: subscription.subscriber)
            } else {
                holdValue(of: subscription)
            }
        }
    }

    private func note(_ place: NotePlace) {
        switch notes.add(place) {
        // One with something in it has its time already, or gets it when its reader has caught up.
        case .first: if let queue = queues[Int(place.queue)] { schedule(queue) }
        case .further: break
        case .replaced: counters.replacedValues += 1
        }
    }

    /// A reader that lags was not given a channel's values of this turn: it gets the newest one when it has caught up.
    func holdValue(of subscription: Subscription) {
        let queue = queue(.direct, of: subscription.subscriber)
        move(subscription, to: queue)
        note(NotePlace(queue: queue.number, bit: subscription.bit))
    }

    /// A reader has caught up: it gets each publication again.
    private func release(_ queue: ValueQueue) {
        let held = queue.held
        queue.held = []
        for subscription in held where subscription.queue === queue { move(subscription, to: nil) }
    }

    // MARK: When

    private func schedule(_ queue: ValueQueue) {
        guard queue.subscriber.connection.backlogBytes == 0 else { return }
        let wait = queue.wait(at: loop.now)
        if wait > 0 { queue.startTimer(after: wait, on: loop) } else { list(queue) }
    }

    /// Has a queue written at the end of this turn.
    func list(_ queue: ValueQueue) {
        guard !queue.isListed, !queue.isEmpty else { return }
        queue.isListed = true
        dueQueues.append(queue)
    }

    /// A reader that lagged has all that was held back for it: now it gets the newest values.
    public func drained(_ subscriber: Subscriber) {
        for queue in subscriber.queues where !queue.isEmpty { schedule(queue) }
    }

    // MARK: Writing

    /// Writes what is due, before the turn's buffers are handed over.
    func writeDueValues() {
        guard !dueQueues.isEmpty else { return }
        for queue in dueQueues {
            queue.isListed = false
            // One that began to lag meanwhile is brought back when it has caught up; one that is gone is not.
            guard !queue.isForgotten, queue.subscriber.connection.backlogBytes == 0 else { continue }
            write(queue)
        }
        dueQueues.removeAll(keepingCapacity: dueQueues.count <= 1024)
    }

    private func write(_ queue: ValueQueue) {
        let pace = queue.pace
        var bytes = 0
        while bytes < HubShard.valueBytes, let channel = queue.next() {
            guard let frame = channel.latest, let value = frame.value else { continue }
            counters.deliveries[.value] += 1
            if pace.isBatched {
                bytes += batch.add(value, fields: pace.fields)
            } else if let fields = pace.fields {
                let selected = value.message(of: fields)
                bytes += selected.plain.count
                send(selected, to: queue.subscriber)
            } else {
                bytes += frame.plain.count
                send(frame, to: queue.subscriber)
            }
        }
        if pace.isBatched { sendBatch(to: queue.subscriber) }
        queue.sent(at: loop.now)
        if !queue.isEmpty {
            queue.startTimer(after: HubShard.restMilliseconds, on: loop)
        } else if !queue.held.isEmpty {
            release(queue)
        }
    }

    private func sendBatch(to subscriber: Subscriber) {
        for kind in batch.kinds {
            if subscriber.framing == nil {
                let own = own(of: subscriber)
                own.append(stamp: stamp, .value) { batch.appendFrame(kind, to: &$0) }
            } else {
                var frame = ByteBuffer()
                batch.appendFrame(kind, to: &frame)
                append(frame.span, .value, to: subscriber)
            }
        }
        batch.removeAll()
    }
}
