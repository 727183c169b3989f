import Gates

/// Something on Solana that a gate names by its address, and that must be there before a room asks for it.
enum NamedAsset: Hashable, Sendable {
    case mint(SolanaAddress)
    case collection(SolanaAddress)

    /// What it is.
    var kind: String {
        switch self {
        case .mint: "token"
        case .collection: "collection"
        }
    }

    /// The same at the beginning of a sentence.
    var noun: String { "The \(kind)" }
}

extension RoomGates {
    /// Whether nobody needs to be asked what it is.
    func isKnown(_ asset: NamedAsset) -> Bool {
        switch asset {
        case .mint(let address): mints.isKnown(address)
        case .collection(let address): collections.isKnown(address)
        }
    }

    /// Whether there is such a thing.
    func knows(_ asset: NamedAsset) async throws(UnknownReason) -> Bool {
        switch asset {
        case .mint(let address): try await facts(mint: address) != nil
        case .collection(let address): try await facts(collection: address) != nil
        }
    }

    func facts(mint: SolanaAddress) async throws(UnknownReason) -> MintFacts? {
        try await mints.facts(mint) { [solana] address async throws(UnknownReason) in
            try await solana.mint(address)
        }
    }

    func facts(collection: SolanaAddress) async throws(UnknownReason) -> CollectionFacts? {
        try await collections.facts(collection) { [solana] address async throws(UnknownReason) in
            try await solana.collection(address)
        }
    }
}

extension GatePolicy {
    /// The mints and collections that it names, each with the field that names it.
    ///
    /// - Parameter path: Where in the tree this is; nil for the short form.
    func named(_ path: String?) -> [(field: String, asset: NamedAsset)] {
        switch self {
        case .token(let mint, _): [(path.map { $0 + ".token.mint" } ?? "access_token_mint", .mint(mint))]
        case .collection(let address):
            [(path.map { $0 + ".nft.collection" } ?? "access_nft_collection", .collection(address))]
        case .all(let parts): GatePolicy.named(parts, path.map { $0 + ".all" })
        case .any(let parts): GatePolicy.named(parts, path.map { $0 + ".any" })
        case .not(let part): part.named(path.map { $0 + ".not" })
        default: []
        }
    }

    private static func named(
        _ parts: [GatePolicy], _ path: String?
    ) -> [(field: String, asset: NamedAsset)] {
        parts.enumerated().flatMap { index, part in part.named(path.map { "\($0)[\(index)]" }) }
    }
}
