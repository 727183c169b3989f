import Bytes

/// Who waits for the answers of a connection: first asked, first answered.
struct AnswerQueue {
    typealias Answer = (Result<RedisReply, RedisError>) -> Void

    private var answers = FIFOQueue<(answer: Answer?, at: Int64)>()

    var isEmpty: Bool { answers.isEmpty }

    /// Since when the oldest has waited.
    var oldest: Int64? { answers.first?.at }

    /// One more command; nil where nobody cares for its answer.
    mutating func append(_ answer: Answer?, at now: Int64) { answers.append((answer, now)) }

    /// Takes the oldest; nil where nobody waits.
    mutating func next() -> Answer?? {
        guard let oldest = answers.first else { return nil }
        // What it holds is not kept until the queue lets go of its place.
        answers[0].answer = nil
        answers.removeFirst()
        return .some(oldest.answer)
    }

    /// Takes all, oldest first.
    mutating func takeAll() -> [Answer?] { answers.take().map(\.answer) }
}
