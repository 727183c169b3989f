/// Why a gate stays closed, by its code on the wire.
public enum GateRefusal: String, Equatable, Sendable {
    /// The gate asks for holdings, and the person has no wallet.
    case walletRequired = "wallet_required"
    /// Less of a token than required.
    case tokenBalance = "gate_token_balance"
    /// No item of the collection.
    case collectionMissing = "gate_nft_missing"
    /// No invitation.
    case invitationRequired = "invite_required"
    /// Nobody can say now.
    case unavailable = "gate_unavailable"
    /// Another condition does not hold.
    case forbidden = "forbidden"
}
