import PubSub
import Reactor
import Synchronization

/// A subscriber's way to the topics, on which what it asks for stays in its order, also where something has to be asked
/// elsewhere first.
final class TopicDoor: Sendable {
    private enum Item {
        case mail(TopicMail)
        case question(@Sendable () async -> TopicMail?)
    }

    private let topics: Mailbox<TopicMail>
    /// What waits behind a question under way; nil while none is.
    private let waiting = Mutex<[Item]?>(nil)

    init(_ topics: Mailbox<TopicMail>) { self.topics = topics }

    /// Passes a wish on, behind those that wait.
    func post(_ mail: TopicMail) {
        let waits = waiting.withLock { waiting in
            waiting?.append(.mail(mail))
            return waiting != nil
        }
        if !waits { topics.post(mail) }
    }

    /// Passes on what comes of a question.
    func ask(_ question: @escaping @Sendable () async -> TopicMail?) {
        let isFirst = waiting.withLock { waiting in
            defer { waiting = (waiting ?? []) + [.question(question)] }
            return waiting == nil
        }
        if isFirst { Task { await work() } }
    }

    private func work() async {
        while let item = next() {
            switch item {
            case .mail(let mail): topics.post(mail)
            case .question(let question): if let mail = await question() { topics.post(mail) }
            }
        }
    }

    private func next() -> Item? {
        waiting.withLock { waiting in
            guard waiting?.isEmpty == false else {
                waiting = nil
                return nil
            }
            return waiting?.removeFirst()
        }
    }
}
