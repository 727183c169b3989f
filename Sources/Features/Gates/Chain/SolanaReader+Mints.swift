import JSON

extension SolanaReader {
    /// Looks a mint up: for a room that is to be gated by it.
    ///
    /// - Returns: Nil where the address is no mint.
    /// - Throws: ``UnknownReason`` where nobody can say.
    public func mint(_ mint: SolanaAddress) async throws(UnknownReason) -> MintFacts? {
        let slice = JSONValue.object([
            JSONMember("offset", .integer(0)), JSONMember("length", .integer(Int64(MintFacts.sliceLength))),
        ])
        let parameters = JSONValue.array([
            .string(mint.text),
            options(nil, [JSONMember("encoding", .string("base64")), JSONMember("dataSlice", slice)]),
        ])
        return try await client.ask("getAccountInfo", parameters, .lookUp) { result throws(UnknownReason) in
            guard let account = result["value"] else { throw .malformed }
            let facts = try MintFacts(account: account)
            _ = try self.slot(of: result, nil)
            return facts
        }
    }
}
