import ClientProtocol
import Identity
import PubSub
import Reactor
import Rooms

/// How often one network may try to sign in, at whatever process: ten times as often as one account, since a campus
/// shares an address.
struct NetworkLimit: Sendable {
    private let limiter: SharedLimiter
    private let quota: RateQuota

    /// - Parameters:
    ///   - name: What is tried, in a word; each is counted on its own.
    ///   - accountLimit: How often one account may in a quarter of an hour; 0 for no limit.
    ///   - rates: What the processes count together; nil where this one serves alone.
    init(_ name: String, _ accountLimit: Int, _ rates: (any SharedRates)?) {
        limiter = SharedLimiter("network-\(name)", rates)
        quota = .quarterHour(accountLimit * 10)
    }

    /// Counts a request, and refuses it beyond the limit.
    func check(_ request: APIRequest) async throws(ClientError) {
        let network = ClientNetwork.key(of: request.client)
        if let excess = await limiter.excess(network, quota, now: MonotonicClock.milliseconds()) {
            throw .beyond(excess, "network", "Too many tries from your network. Wait a while.")
        }
    }
}
