public import ClientProtocol
public import Identity

extension ClientError {
    /// The refusal of what is beyond a quota.
    ///
    /// - Parameters:
    ///   - excess: Which quota, and when there is more of it.
    ///   - name: The limit's name, as HTTP tells it.
    ///   - sentence: For people.
    public static func beyond(_ excess: RateExcess, _ name: String, _ sentence: String) -> ClientError {
        var error = ClientError(.rateLimited, sentence, retryAfter: excess.wait)
        error.limit = UsedLimit(
            name, count: excess.quota.count, window: excess.quota.milliseconds, reset: excess.reset)
        return error
    }
}
