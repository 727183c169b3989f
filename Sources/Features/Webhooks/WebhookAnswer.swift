/// What became of a delivery.
public enum WebhookAnswer: Sendable, Equatable {
    /// The service has it.
    case taken
    /// It may take it later.
    ///
    /// - Parameters:
    ///   - after: How long it asked to be left alone, in milliseconds.
    case later(String, after: Int64?)
    /// It does not want it.
    case refused(String)

    /// What a status means: those of which a repeat may have another are tried again.
    public init(status: Int, retryAfter: String?) {
        let words = "it answered \(status)"
        switch status {
        case 200..<300: self = .taken
        case 408, 425, 429, 500...:
            self = .later(words, after: retryAfter.flatMap { Int64($0) }.map(WebhookAnswer.milliseconds))
        default: self = .refused(words)
        }
    }

    /// An hour at most: nobody's word for more is good.
    private static func milliseconds(_ seconds: Int64) -> Int64 { min(max(seconds, 0), 3600) * 1000 }
}
