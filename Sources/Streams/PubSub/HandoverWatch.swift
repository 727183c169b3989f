import Reactor

/// Somebody's wish to hear when the kernel has what a channel's subscribers were due.
struct HandoverWatch {
    /// A subscriber whose bytes wait.
    struct Lagging {
        let subscription: Subscription
        /// What its connection will have drained when they are out.
        let target: Int
    }

    let channel: String
    let round: UInt64
    let listener: any HandoverListener
    /// Who is waited for; nil until the turn of the wish has been written.
    var lagging: [Lagging]?

    init(_ channel: String, _ round: UInt64, _ listener: any HandoverListener) {
        self.channel = channel
        self.round = round
        self.listener = listener
    }
}

extension HubShard {
    /// Looks who waits still, behind the turn's writing: a backlog that drains has a turn of its own.
    func lookAtWatches() {
        var index = 0
        while index < watches.count {
            let waiting = watches[index].lagging?.filter(waits) ?? lagging(on: watches[index].channel)
            watches[index].lagging = waiting
            guard waiting.isEmpty else {
                index += 1
                continue
            }
            let watch = watches.remove(at: index)
            watch.listener.handedOver(on: watch.channel, round: watch.round)
        }
    }

    private func lagging(on name: String) -> [HandoverWatch.Lagging] {
        guard let channel = channels[name] else { return [] }
        return channel.subscriptions.compactMap { subscription in
            let connection = subscription.subscriber.connection
            guard connection.isOpen, connection.backlogBytes > 0 else { return nil }
            return HandoverWatch.Lagging(
                subscription: subscription, target: connection.drainedBytes + connection.backlogBytes)
        }
    }

    private func waits(_ lagging: HandoverWatch.Lagging) -> Bool {
        let subscription = lagging.subscription
        let connection = subscription.subscriber.connection
        guard connection.isOpen, connection.drainedBytes < lagging.target else { return false }
        // Who has left is not waited for.
        let others = subscription.channel.subscriptions
        return subscription.index < others.count && others[subscription.index] === subscription
    }
}
