/// What a process knows of a topic that it has in common with others.
///
/// ```
///   opened ──channel heard──► asking ──position──► known ──► each publication has the next offset
///                                                    ▲ │ hole, other epoch, channel heard again, now and then
///                                                    └─┴── asked again
/// ```
/// While nobody can be reached it stays as it is known, and those who listen keep what they have.
final class TopicLink {
    /// A publication that came before its turn.
    struct Held {
        var payload: [UInt8]
        var publication: SharedPublication
    }

    /// Publications before their turn that are held; more are read again.
    static let heldLimit = 512

    /// Whether its channel is heard.
    var isLive = false
    /// Whether its position has been read since the channel was heard for the first time.
    var isKnown = false
    /// Whether it begins when it does not exist: somebody named it.
    var creates = false
    /// Whether the ring here holds all that the shared one does.
    var isWhole = false
    /// How many questions were asked, and the number of the last one that was answered.
    var asked = 0
    var answered = 0
    /// Whether something has come up since the last question that only another one answers.
    var mustAsk = false
    var wantsRing = false
    /// What came before its turn, by offset, all of one epoch.
    var held: [Int64: Held] = [:]
    var heldEpoch = ""
    /// Whether something was held since the last question.
    var hasNewHeld = false
    /// Who waits for an answer.
    var waiting: Set<SubscriberHandle> = []
    var checkedAt: Int64

    init(at now: Int64) { checkedAt = now }

    var isAsking: Bool { answered < asked }

    /// Keeps a publication until those before it are there.
    func hold(_ held: Held, offset: Int64, epoch: String) {
        if heldEpoch != epoch {
            self.held = [:]
            heldEpoch = epoch
        }
        hasNewHeld = true
        if self.held.count < TopicLink.heldLimit { self.held[offset] = held }
    }
}

/// A `subscribe` that waits for topics which are elsewhere.
final class TopicOpening {
    let request: TopicSubscription
    /// Patterns whose names are not known yet.
    var patterns = 0
    /// Topics that it needs.
    var names: Set<String> = []
    /// For topics about which a client knows what is not known here: the question that has to be answered first.
    var questions: [String: Int] = [:]
    let begunAt: Int64

    init(_ request: TopicSubscription, at now: Int64) {
        self.request = request
        begunAt = now
    }
}

/// What waits because a `subscribe` before it does.
enum TopicRequest {
    case subscribe(TopicOpening)
    case unsubscribe([String], id: String?)
}
