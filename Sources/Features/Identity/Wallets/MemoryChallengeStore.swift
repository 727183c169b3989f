public import Bytes
import Synchronization

/// Challenges in this process' memory: after a restart whoever was about to sign asks for a new one.
///
/// Bounded in all and by client. A client beyond its bound is refused. Once all places are taken, the block of addresses
/// that holds the most gives up its oldest one to a smaller block: who asks from thousands of networks, as the owner of a large IPv6 block
/// can, displaces itself and keeps nobody else from signing in.
public final class MemoryChallengeStore: ChallengeStore {
    fileprivate struct State {
        var waiting: [String: WalletChallenge] = [:]
        /// Nonces in the order in which they end, also of those used meanwhile.
        var order: [String] = []
        /// The first of them that has not ended.
        var first = 0
        var byClient: [String: [String]] = [:]
    }

    private let state = Mutex(State())
    private let limit: Int
    private let clientLimit: Int

    /// An empty store with its bounds, in all and by client.
    public init(limit: Int, clientLimit: Int) {
        self.limit = limit
        self.clientLimit = clientLimit
    }

    /// How many wait.
    public var count: Int { state.withLock { $0.waiting.count } }

    /// Keeps a challenge.
    ///
    /// - Throws: ``WalletError/tooManyChallenges(ofClient:retryAfter:)``.
    public func add(_ challenge: WalletChallenge, now: Timestamp) async throws(WalletError) {
        try state.withLock { (state) throws(WalletError) in
            state.forgetEnded(now)
            let own = state.byClient[challenge.visitor.client] ?? []
            if own.count >= clientLimit {
                throw .tooManyChallenges(ofClient: true, retryAfter: state.wait(own.first, now))
            }
            if state.waiting.count >= limit {
                guard let oldest = state.oldestOfLargerBlock(than: challenge.visitor.client) else {
                    let next = state.order[state.first...].first { state.waiting[$0] != nil }
                    throw .tooManyChallenges(ofClient: false, retryAfter: state.wait(next, now))
                }
                _ = state.remove(oldest)
            }
            state.waiting[challenge.nonce] = challenge
            state.order.append(challenge.nonce)
            state.byClient[challenge.visitor.client, default: []].append(challenge.nonce)
        }
    }

    /// The challenge with a nonce; nil where there is none that holds.
    public func challenge(_ nonce: String, now: Timestamp) async -> WalletChallenge? {
        state.withLock { state in
            guard let challenge = state.waiting[nonce], challenge.expiresAt > now else { return nil }
            return challenge
        }
    }

    /// Uses a challenge up: of all who try, one hears true.
    public func take(_ nonce: String, now: Timestamp) async -> Bool {
        state.withLock { state in
            guard let challenge = state.remove(nonce) else { return false }
            return challenge.expiresAt > now
        }
    }
}

extension MemoryChallengeStore.State {
    /// Lets go of what has ended; all hold equally long, so that these are the first ones.
    fileprivate mutating func forgetEnded(_ now: Timestamp) {
        while first < order.count {
            if let challenge = waiting[order[first]] {
                guard challenge.expiresAt <= now else { break }
                _ = remove(order[first])
            }
            first += 1
        }
        // Those used leave their nonces behind.
        guard order.count > 1024, order.count > 2 * waiting.count else { return }
        order = order[first...].filter { waiting[$0] != nil }
        first = 0
    }

    /// The challenge that has waited longest among those of the blocks that hold the most; nil where the client's own
    /// block is one of these.
    fileprivate func oldestOfLargerBlock(than client: String) -> String? {
        var counts: [AddressBlock: Int] = [:]
        for (client, nonces) in byClient { counts[AddressBlock(client), default: 0] += nonces.count }
        guard let most = counts.values.max(), counts[AddressBlock(client), default: 0] < most - 1 else {
            return nil
        }
        return order[first...].first { nonce in
            waiting[nonce].map { counts[AddressBlock($0.visitor.client)] == most } ?? false
        }
    }

    fileprivate mutating func remove(_ nonce: String) -> WalletChallenge? {
        guard let challenge = waiting.removeValue(forKey: nonce) else { return nil }
        let client = challenge.visitor.client
        byClient[client]?.removeAll { $0 == nonce }
        if byClient[client]?.isEmpty == true { byClient[client] = nil }
        return challenge
    }

    fileprivate func wait(_ nonce: String?, _ now: Timestamp) -> Int64 {
        guard let challenge = nonce.flatMap({ waiting[$0] }) else { return 1000 }
        return max(1, challenge.expiresAt.milliseconds - now.milliseconds)
    }
}

/// What one owner of addresses commonly has at most: the first 16 bits of IPv4, 32 of IPv6.
private struct AddressBlock: Hashable {
    private let text: Substring

    init(_ client: String) {
        let mark: Character = client.contains(":") ? ":" : "."
        let end = client.firstIndex(of: mark).flatMap {
            client[client.index(after: $0)...].firstIndex(of: mark)
        }
        text = client[..<(end ?? client.endIndex)]
    }
}
