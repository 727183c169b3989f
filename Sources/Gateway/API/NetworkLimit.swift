import ClientProtocol
import Identity
import Reactor
import Rooms

/// How often one network may try to sign in: ten times as often as one account, since a campus shares an address.
struct NetworkLimit: Sendable {
    private let limiter = RateLimiter()
    private let quota: RateQuota

    /// - Parameter accountLimit: How often one account may in a quarter of an hour; 0 for no limit.
    init(_ accountLimit: Int) { quota = .quarterHour(accountLimit * 10) }

    /// Counts a request, and refuses it beyond the limit.
    func check(_ request: APIRequest) throws(ClientError) {
        let network = ClientNetwork.key(of: request.client)
        if let excess = limiter.excess(network, quota, now: MonotonicClock.milliseconds()) {
            throw .beyond(excess, "network", "Too many tries from your network. Wait a while.")
        }
    }
}
