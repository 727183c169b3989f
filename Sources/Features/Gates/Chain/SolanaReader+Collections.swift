import JSON

extension SolanaReader {
    /// What an indexer says of an address that it does not have, where it does not just answer `null`.
    private static let notFound: Set<Int64> = [-32000, RPCAnswer.invalidParameters]

    /// Looks a collection up: for a room that is to be gated by it.
    ///
    /// - Returns: Nil where there is none at the address.
    /// - Throws: ``UnknownReason`` where nobody can say.
    public func collection(_ collection: SolanaAddress) async throws(UnknownReason) -> CollectionFacts? {
        let parameters = JSONValue.object([JSONMember("id", .string(collection.text))])
        var reason = UnknownReason.noEndpoint
        // One after the other: a node without an indexer refuses the method, and the next one may have it.
        for node in settings.endpoints.indices.prefix(2) {
            do throws(UnknownReason) {
                return try await client.ask("getAsset", parameters, .lookUp, node: node, isGuess: true) {
                    item throws(UnknownReason) in try CollectionFacts(item: item, of: collection)
                }
            } catch {
                if case .refused(let code) = error, SolanaReader.notFound.contains(code) { return nil }
                reason = error
            }
        }
        throw reason
    }
}
