/// What the home of topics has under way with other processes.
final class TopicSharing {
    static let tickTimer: UInt8 = 1
    /// How often what did not work is tried again.
    static let tickMilliseconds: Int64 = 500
    /// How long a `subscribe` waits for topics that are elsewhere.
    static let patienceMilliseconds: Int64 = 5000
    /// After which time it is worth asking again.
    static let retryMilliseconds: Int64 = 1000
    /// How long a topic's channel is heard after the last one who listened here has gone: people reload pages.
    static let lingerMilliseconds: Int64 = 60_000
    /// How often positions are compared, since nothing tells of a lost last publication.
    static let compareMilliseconds: Int64 = 30_000
    /// Topics that are compared at a time.
    static let compareLimit = 500
    /// Requests of one client that wait behind a `subscribe`.
    static let queueLimit = 64

    let store: any TopicStore
    /// What each client has asked for, the first under way.
    var openings: [SubscriberHandle: [TopicRequest]] = [:]
    /// Topics about which a question got no answer.
    var unsettled: Set<String> = []
    var lookedAt: Int64 = 0

    init(_ store: any TopicStore) { self.store = store }

    /// The `subscribe` of a client that is under way.
    func opening(of handle: SubscriberHandle) -> TopicOpening? {
        guard case .subscribe(let opening) = openings[handle]?.first else { return nil }
        return opening
    }

    func isUnderWay(_ opening: TopicOpening) -> Bool {
        self.opening(of: opening.request.handle) === opening
    }

    /// Lets a request wait for those before it.
    ///
    /// - Returns: False where there are none.
    func enqueue(_ request: TopicRequest, behind handle: SubscriberHandle) -> Bool {
        guard let queue = openings[handle] else { return false }
        if queue.count < TopicSharing.queueLimit { openings[handle]?.append(request) }
        return true
    }
}
