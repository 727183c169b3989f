import Bytes
import ClientProtocol
import Synchronization

/// Waits for the answers to several requests that are on their way at once.
final class GatheredAnswers: Sendable {
    typealias Answer = Result<SharedBytes, ClientError>

    private let answers: Mutex<(given: [Answer?], missing: Int)>
    private let finished: @Sendable ([Answer]) -> Void

    /// - Parameters:
    ///   - count: How many there will be; with none it is finished at once.
    ///   - finished: Runs once, on the thread of the last answer, with all in the requests' order.
    init(_ count: Int, finished: @escaping @Sendable ([Answer]) -> Void) {
        answers = Mutex((Array(repeating: nil, count: count), count))
        self.finished = finished
        if count == 0 { finished([]) }
    }

    /// The answer to one of the requests, each of which has one.
    func set(_ index: Int, _ answer: Answer) {
        let all = answers.withLock { answers -> [Answer]? in
            answers.given[index] = answer
            answers.missing -= 1
            return answers.missing == 0 ? answers.given.compactMap(\.self) : nil
        }
        if let all { finished(all) }
    }
}
