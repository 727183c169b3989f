import Bytes
import Cryptography
import Synchronization

/// Tokens that have been verified, by their hash, until they run out; as many as it may hold.
///
/// It goes with its ``KeySnapshot``: other keys begin with an empty one.
final class TokenCache: Sendable {
    /// A token's SHA-256: the token itself is not kept.
    struct Key: Hashable, Sendable {
        private let words: (UInt64, UInt64, UInt64, UInt64)

        init(_ token: Span<UInt8>) {
            let digest = Digest.sha256(token)
            func word(_ start: Int) -> UInt64 {
                digest[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) }
            }
            words = (word(0), word(8), word(16), word(24))
        }

        static func == (a: Key, b: Key) -> Bool { a.words == b.words }

        func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    }

    // Two generations: when the newer one is half of the limit, the older one goes. What is used is in the newer one.
    private struct State {
        var newer: [Key: Principal] = [:]
        var older: [Key: Principal] = [:]
    }

    /// How many it may hold; 0 keeps none.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Who a token speaks for, where it has been verified and still holds.
    func find(_ key: Key, now: Timestamp) -> Principal? {
        state.withLock { state in
            if let found = state.newer[key] { return TokenCache.holds(found, now) ? found : nil }
            guard let found = state.older[key], TokenCache.holds(found, now) else { return nil }
            insert(key, found, &state)
            return found
        }
    }

    /// Remembers a token that has just been verified.
    func keep(_ key: Key, _ principal: Principal) {
        guard limit > 0 else { return }
        state.withLock { insert(key, principal, &$0) }
    }

    private func insert(_ key: Key, _ principal: Principal, _ state: inout State) {
        if state.newer.count >= max(1, limit / 2) {
            state.older = state.newer
            state.newer = [:]
        }
        state.newer[key] = principal
    }

    private static func holds(_ principal: Principal, _ now: Timestamp) -> Bool {
        principal.expiresAt.milliseconds + TokenVerifier.leeway > now.milliseconds
    }
}
