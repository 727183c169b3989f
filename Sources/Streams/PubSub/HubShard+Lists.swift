import Reactor

extension HubShard {
    // MARK: Channels' lists

    /// Puts a subscription on its channel's list: of those who share each publication's frame, or of those apart.
    func enter(_ subscription: Subscription) {
        let channel = subscription.channel
        if let queue = subscription.queue {
            subscription.index = channel.waiting.count
            channel.waiting.append(subscription)
            let place = queue.enter(channel)
            subscription.bit = place.bit
            channel.notePlaces.append(place)
            return
        }
        if subscription.isApart {
            subscription.index = channel.apart.count
            channel.apart.append(subscription)
            return
        }
        let subscriber = subscription.subscriber
        subscription.index = channel.subscriptions.count
        channel.subscriptions.append(subscription)
        channel.lanes.append(ChannelLane(subscriber.connection, isDeflating: subscriber.isDeflating))
        if subscriber.isDeflating { channel.deflatingCount += 1 }
        // Frames of this turn from before the subscription are not its own.
        if channel.isDirty { skipWritten(subscription) }
    }

    /// Takes a subscription off its channel's list and out of its queue; no value is due to it any more.
    func leave(_ subscription: Subscription) {
        let channel = subscription.channel
        if let queue = subscription.queue {
            channel.notePlaces.swapRemove(at: subscription.index)
            channel.waiting.swapRemove(subscription)
            queue.leave(subscription.bit)
            subscription.queue = nil
            if queue.isUnused { forget(queue) }
            return
        }
        if subscription.isApart {
            channel.apart.swapRemove(subscription)
            return
        }
        channel.lanes.swapRemove(at: subscription.index)
        channel.subscriptions.swapRemove(subscription)
        if subscription.subscriber.isDeflating { channel.deflatingCount -= 1 }
    }

    /// What its channel has now is not due to it; what the channel gets in the rest of the turn is.
    func skipWritten(_ subscription: Subscription) {
        let deflating = subscription.subscriber.isDeflating
        subscription.skippedBytes = subscription.channel.frames(deflating: deflating)?.byteCount ?? 0
        skipping.append(subscription)
        lanes[subscription.subscriber.connection.lane] |= HubShard.isSpecial
    }
}

extension Array {
    /// Removes one in constant time: the last one takes its place.
    fileprivate mutating func swapRemove(at index: Int) {
        let last = removeLast()
        if index < count { self[index] = last }
    }
}

extension [Subscription] {
    /// Removes one that knows its place, and has the one that takes it know.
    fileprivate mutating func swapRemove(_ subscription: Subscription) {
        let index = subscription.index
        swapRemove(at: index)
        if index < count { self[index].index = index }
    }
}
