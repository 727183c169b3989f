/// Who waits for the answers of a connection: first asked, first answered.
struct AnswerQueue {
    typealias Answer = (Result<RedisReply, RedisError>) -> Void

    private var answers: [(answer: Answer?, at: Int64)] = []
    private var first = 0

    var isEmpty: Bool { first == answers.count }

    /// Since when the oldest has waited.
    var oldest: Int64? { isEmpty ? nil : answers[first].at }

    /// One more command; nil where nobody cares for its answer.
    mutating func append(_ answer: Answer?, at now: Int64) { answers.append((answer, now)) }

    /// Takes the oldest; nil where nobody waits.
    mutating func next() -> Answer?? {
        guard !isEmpty else { return nil }
        let answer = answers[first].answer
        answers[first].answer = nil
        first += 1
        if isEmpty {
            answers.removeAll(keepingCapacity: answers.count <= 4096)
            first = 0
        } else if first >= 1024, first * 2 > answers.count {
            answers.removeFirst(first)
            first = 0
        }
        return .some(answer)
    }

    /// Takes all, oldest first.
    mutating func takeAll() -> [Answer?] {
        defer {
            answers = []
            first = 0
        }
        return answers[first...].map(\.answer)
    }
}
