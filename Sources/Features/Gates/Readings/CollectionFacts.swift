import Bytes
public import JSON

/// What is to be known of a collection before a room is gated by it.
public struct CollectionFacts: Equatable, Sendable {
    private static let nameBytes = 128

    /// What it calls itself; nil where it has no name that people could read. Anybody may choose any.
    public let name: String?

    /// Reads an item as the Digital Asset Standard shows it.
    ///
    /// A collection is an item itself, which nothing marks but that others name it.
    ///
    /// - Returns: Nil where there is no such item (`null`), or one that cannot be a collection.
    /// - Throws: ``UnknownReason/malformed``, ``UnknownReason/contradictory``.
    public init?(item: JSONValue, of collection: SolanaAddress) throws(UnknownReason) {
        if item.isNull { return nil }
        guard let id = item["id"]?.string, let interface = item["interface"]?.string,
            let isBurnt = item["burnt"]?.bool
        else { throw .malformed }
        guard id == collection.text else { throw .contradictory }
        guard !isBurnt, !interface.hasPrefix("Fungible") else { return nil }
        let name = item["content"]?["metadata"]?["name"]?.string
        self.name = name.flatMap {
            $0.utf8.count <= CollectionFacts.nameBytes && TextRules.isName($0) ? $0 : nil
        }
    }
}
