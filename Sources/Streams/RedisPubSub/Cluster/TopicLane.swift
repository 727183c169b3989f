import PubSub

/// A step on one topic.
struct TopicStep {
    /// The answer's members; nil where nobody can be reached.
    typealias Answer = ([RedisReply]?) -> Void

    let script: RedisScript
    let channel: String
    let keys: [String]
    let bounds: TopicBounds
    let arguments: [RedisArgument]
    /// What the answer is where the topic cannot begin.
    let full: Int64
    /// Where the answer says whether the name is to be entered again.
    let duePlace: Int
}

/// The steps on a topic of a cluster, in their order.
///
/// ```
///   step ──► the topic's slot ──answer──►
///                 │ there is no such topic
///                 ▼
///            waits, with all that come later ──► its name is entered ──► it begins ──► all that waited
/// ```
/// The name has another slot than the topic, so that beginning takes three steps: what comes meanwhile must not overtake.
final class TopicLane {
    private struct Waiting {
        let number: Int
        let step: TopicStep
        let answer: TopicStep.Answer
    }

    let channel: String
    private unowned let topics: RedisTopics
    /// Counts steps, in the order in which they were asked for.
    private var count = 0
    /// Steps that have no answer yet.
    private var underWay = 0
    private var isBeginning = false
    private var waiting: [Waiting] = []

    init(_ channel: String, _ topics: RedisTopics) {
        self.channel = channel
        self.topics = topics
    }

    /// Takes a step; the answer comes once.
    func take(_ step: TopicStep, _ answer: @escaping TopicStep.Answer) {
        count += 1
        let entry = Waiting(number: count, step: step, answer: answer)
        guard waiting.isEmpty, !isBeginning else { return insert(entry) }
        send(entry)
    }

    private func insert(_ entry: Waiting) {
        // Those that were sent before the first answer come back after later ones have begun to wait.
        let place = waiting.firstIndex { $0.number > entry.number } ?? waiting.endIndex
        waiting.insert(entry, at: place)
    }

    private func send(_ entry: Waiting) {
        underWay += 1
        topics.perform(entry.step, bound: 0) { [self] members in
            underWay -= 1
            if members == [.integer(entry.step.full)] {
                insert(entry)
            } else {
                if let members, members.count > entry.step.duePlace,
                    members[entry.step.duePlace] == .integer(1)
                {
                    topics.enter(entry.step) { _ in }
                }
                entry.answer(members)
            }
            advance()
        }
    }

    /// Goes on once all that were sent have their answers.
    private func advance() {
        guard underWay == 0, !isBeginning else { return }
        guard !waiting.isEmpty else { return topics.forget(self) }
        let first = waiting.removeFirst()
        isBeginning = true
        topics.enter(first.step) { [self] result in
            switch result {
            case .success(.integer(1)): begin(first)
            case .success: refuse(first, [.integer(first.step.full)])
            case .failure: refuse(first, nil)
            }
        }
    }

    private func refuse(_ first: Waiting, _ members: [RedisReply]?) {
        isBeginning = false
        first.answer(members)
        advance()
    }

    private func begin(_ first: Waiting) {
        isBeginning = false
        underWay += 1
        let others = waiting
        waiting = []
        topics.perform(first.step, bound: 1) { [self] members in
            underWay -= 1
            first.answer(members)
            advance()
        }
        // Redis takes them after it, in this order.
        for other in others { send(other) }
    }
}
