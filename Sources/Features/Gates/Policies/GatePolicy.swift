public import Storage

/// What a person must show to enter a room: one condition, or a small tree of them.
public indirect enum GatePolicy: Equatable, Sendable {
    /// One wallet of the person holds at least so many base units of a token.
    case token(SolanaAddress, minimum: UInt64)
    /// One wallet of the person holds at least so many lamports.
    case native(minimum: UInt64)
    /// One wallet of the person holds a verified item of a collection.
    case collection(SolanaAddress)
    /// One wallet of the person holds at least so many drops of XRP.
    case xrp(minimum: UInt64)
    /// One wallet of the person holds at least so much of an issuer's token on the XRP Ledger.
    case issued(XRPLToken, minimum: DecimalAmount)
    /// One wallet of the person holds an item of an issuer on the XRP Ledger with this taxon.
    case xrplItems(XRPLAddress, taxon: UInt32)
    /// One wallet of the person is on a list.
    case wallets([Wallet])
    /// The person has this role in the room, or one above it.
    case role(Role)
    /// The person is invited.
    case invitation
    /// Every one of these.
    case all([GatePolicy])
    /// At least one of these.
    case any([GatePolicy])
    /// Not this.
    case not(GatePolicy)

    /// What a chain must be asked about the holder of a wallet, and how much there must be, if this condition is one of
    /// holdings.
    public var holding: (asset: Asset, minimum: UInt128)? {
        switch self {
        case .token(let mint, let minimum): (.token(mint), UInt128(minimum))
        case .native(let minimum): (.native, UInt128(minimum))
        case .collection(let collection): (.collection(collection), 1)
        case .xrp(let minimum): (.xrp, UInt128(minimum))
        case .issued(let token, let minimum): (.issued(token, scale: minimum.scale), UInt128(minimum.units))
        case .xrplItems(let issuer, let taxon): (.xrplItems(issuer, taxon: taxon), 1)
        default: nil
        }
    }

    /// The conditions without the tree, from left to right.
    public var leaves: [GatePolicy] {
        switch self {
        case .all(let parts), .any(let parts): parts.flatMap(\.leaves)
        case .not(let part): part.leaves
        default: [self]
        }
    }

    /// Everything that chains can be asked for these wallets, each once.
    public func queries(_ wallets: [Wallet]) -> Set<HoldingQuery> {
        Set(
            leaves.compactMap(\.holding).flatMap { asset, _ in
                wallets.filter(asset.isOf).map { HoldingQuery($0, asset) }
            })
    }
}
