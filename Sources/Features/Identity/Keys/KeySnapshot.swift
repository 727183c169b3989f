/// All issuers with all their keys at a moment, and the tokens that they verified.
///
/// Immutable and swapped whole: a token is judged by one state of the keys, and no lock is held while it is.
final class KeySnapshot: Sendable {
    /// One issuer with its keys.
    struct Entry: Sendable {
        let issuer: Issuer
        /// Keys that came from the issuer's address; nil until some did.
        let fetched: [VerificationKey]?
        private let byID: [String: [VerificationKey]]
        private let nameless: [VerificationKey]
        let marks: Set<KeyMark>

        init(_ issuer: Issuer, fetched: [VerificationKey]?) {
            self.issuer = issuer
            self.fetched = fetched
            let all = issuer.keys + (fetched ?? [])
            marks = Set(all.compactMap(\.mark))
            nameless = all.filter { $0.id == nil }
            byID = Dictionary(grouping: all.filter { $0.id != nil }) { $0.id ?? "" }
        }

        /// The key that has signed a token, of those that its header may mean; nil where none has.
        ///
        /// Without a `kid` every key of the algorithm is tried, but no more than a few: each costs a verification.
        func signer(
            _ header: TokenHeader, _ signature: Span<UInt8>, of signed: Span<UInt8>
        ) -> VerificationKey? {
            var tries = 8
            func first(of keys: [VerificationKey]) -> VerificationKey? {
                for key in keys where key.algorithm == header.algorithm && tries > 0 {
                    tries -= 1
                    if key.verify(signature, of: signed) { return key }
                }
                return nil
            }
            if let id = header.keyID {
                if let key = byID[id].flatMap(first) { return key }
            } else {
                for keys in byID.values { if let key = first(of: keys) { return key } }
            }
            return first(of: nameless)
        }

        /// Whether a `kid` is one that we know of.
        func knows(_ id: String) -> Bool { byID[id] != nil }

        /// Whether its keys come from an address that has not yet given any.
        var isWaiting: Bool { issuer.keysURL != nil && fetched == nil }
    }

    let entries: [Entry]
    let cache: TokenCache
    private let byIssuer: [String: Int]
    private let open: Int?
    /// What begins the ids of named issuers' people.
    let namespaces: [String]

    init(_ entries: [Entry], cacheLimit: Int) {
        self.entries = entries
        cache = TokenCache(limit: cacheLimit)
        byIssuer = Dictionary(
            entries.indices.compactMap { index in entries[index].issuer.issuer.map { ($0, index) } },
            uniquingKeysWith: { first, _ in first })
        open = entries.firstIndex { $0.issuer.issuer == nil }
        namespaces = entries.compactMap { entry in
            if case .named(let name) = entry.issuer.kind { name + ":" } else { nil }
        }
    }

    /// Whether a key that has verified a token is its issuer's no more. While the issuer's keys cannot be had, nobody
    /// can say.
    func isWithdrawn(_ mark: KeyMark, of issuer: String) -> Bool {
        guard let entry = entries.first(where: { $0.issuer.name == issuer }) else { return false }
        return !entry.isWaiting && !entry.marks.contains(mark)
    }

    /// The issuer whose tokens have this `iss`.
    func index(issuer: String?) -> Int? { issuer.flatMap { byIssuer[$0] } ?? open }

    /// The same with other fetched keys of one issuer, and no verified tokens.
    func replacing(_ keys: [VerificationKey]?, of index: Int) -> KeySnapshot {
        var entries = entries
        entries[index] = Entry(entries[index].issuer, fetched: keys)
        return KeySnapshot(entries, cacheLimit: cache.limit)
    }
}
