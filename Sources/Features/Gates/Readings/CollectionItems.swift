public import JSON

/// Counts the items in an answer of the Digital Asset Standard that prove membership in a collection.
///
/// The usual query also returns burnt items, and fakes that name a collection which never accepted them.
public struct CollectionItems: Sendable {
    let wallet: SolanaAddress
    let collection: SolanaAddress

    /// The items of a wallet in a collection.
    public init(wallet: SolanaAddress, collection: SolanaAddress) {
        self.wallet = wallet
        self.collection = collection
    }

    /// A page of a search: how many items it has, and which of them prove it.
    ///
    /// - Throws: ``UnknownReason/malformed``.
    public func page(_ result: JSONValue, limit: Int) throws(UnknownReason) -> (items: Int, members: [String])
    {
        guard let items = result["items"]?.array, items.count <= limit else { throw .malformed }
        var members: [String] = []
        for item in items where try isMember(item) {
            guard let id = item["id"]?.string else { throw .malformed }
            members.append(id)
        }
        return (items.count, members)
    }

    /// Whether an item is unburnt, the wallet's and a verified member of the collection.
    ///
    /// Another wallet's item is no error, since a hint may name any.
    ///
    /// - Throws: ``UnknownReason/malformed`` where the item does not say.
    public func isMember(_ item: JSONValue) throws(UnknownReason) -> Bool {
        guard let isBurnt = item["burnt"]?.bool, let owner = item["ownership"]?["owner"]?.string,
            let grouping = item["grouping"]?.array, let interface = item["interface"]?.string
        else { throw .malformed }
        guard !isBurnt, owner == wallet.text, !interface.hasPrefix("Fungible") else { return false }
        for group in grouping where group["group_key"]?.string == "collection" {
            guard group["group_value"]?.string == collection.text else { continue }
            // Without the mark nobody can say: the node was asked to show it.
            guard let isVerified = group["verified"]?.bool else { throw .malformed }
            if isVerified { return true }
        }
        return false
    }
}
