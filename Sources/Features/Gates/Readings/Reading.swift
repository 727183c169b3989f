/// What a wallet holds of an asset, or that nobody can say.
public enum Reading: Equatable, Sendable {
    /// So many base units or items, 0 included, as of a slot where the method tells it.
    case holds(UInt128, slot: UInt64?)
    /// Nobody can say.
    case unknown(UnknownReason)

    /// Whether it is at least so much.
    public func verdict(atLeast minimum: UInt128) -> Verdict {
        guard case .holds(let amount, _) = self else { return .unknown }
        return amount >= minimum ? .yes : .no
    }
}
