/// Who may join a room; the raw values are the wire's.
public enum RoomType: String, Sendable, Hashable, CaseIterable {
    /// Anybody who is signed in.
    case `public`
    /// Who holds enough of a token.
    case tokenGated = "token_gated"
    /// Who owns an NFT of a collection.
    case nftGated = "nft_gated"
    /// Who is invited.
    case `private`
}
