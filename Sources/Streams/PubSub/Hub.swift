public import Reactor

/// This process' subscribers as every thread may reach them: one mailbox for each shard.
public final class Hub: Sendable {
    /// The shards' mailboxes, in the loops' order.
    public let mailboxes: [Mailbox<HubMail>]
    /// The errors that were sent to subscribers, other than by their own sessions.
    public let errors = ErrorTally()

    /// A hub over the process' loops.
    public init(_ executors: [LoopExecutor]) { mailboxes = executors.map { Mailbox(on: $0) } }

    /// How many shards there are.
    public var shardCount: Int { mailboxes.count }

    /// Posts to one shard.
    public func post(_ mail: HubMail, toShard shard: Int) { mailboxes[shard].post(mail) }

    /// Posts to the shard of a subscriber.
    public func post(_ mail: HubMail, to handle: SubscriberHandle) { mailboxes[Int(handle.shard)].post(mail) }

    /// Sends one subscriber a message.
    public func send(_ frame: SharedFrame, to handle: SubscriberHandle) {
        post(.send(handle, frame), to: handle)
    }

    /// Sends one subscriber the reply to its request; without an id there is none, and it counts as a message.
    public func reply(_ frame: SharedFrame, id: String?, to handle: SubscriberHandle) {
        post(id == nil ? .send(handle, frame) : .reply(handle, frame), to: handle)
    }

    /// The shard that is home to a key.
    public func homeShard(of key: String) -> Int { StableHash.place(of: key, among: mailboxes.count) }
}
