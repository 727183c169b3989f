public import JSON
import Storage

extension GatePolicy {
    /// The gate as JSON, which reads back the same.
    public var json: JSONValue {
        switch self {
        case .token(let mint, let minimum):
            GatePolicy.object(
                "token",
                .object([
                    JSONMember("mint", .string(mint.text)),
                    JSONMember("min_amount", .string(String(minimum))),
                ]))
        case .native(let minimum):
            GatePolicy.object("native", GatePolicy.object("min_amount", .string(String(minimum))))
        case .collection(let collection):
            GatePolicy.object("nft", GatePolicy.object("collection", .string(collection.text)))
        case .xrp(let minimum):
            GatePolicy.object("xrp", GatePolicy.object("min_amount", .string(String(minimum))))
        case .issued(let token, let minimum):
            GatePolicy.object(
                "xrpl_token",
                .object([
                    JSONMember("currency", .string(token.currency)),
                    JSONMember("issuer", .string(token.issuer.text)),
                    JSONMember("min_amount", .string(minimum.text)),
                ]))
        case .xrplItems(let issuer, let taxon):
            GatePolicy.object(
                "xrpl_nft",
                .object([
                    JSONMember("issuer", .string(issuer.text)), JSONMember("taxon", .integer(Int64(taxon))),
                ]))
        case .wallets(let list): GatePolicy.object("wallets", .array(list.map { .string($0.text) }))
        case .role(let role): GatePolicy.object("role", .string(role.rawValue))
        case .invitation: GatePolicy.object("invitation", .bool(true))
        case .all(let parts): GatePolicy.object("all", .array(parts.map(\.json)))
        case .any(let parts): GatePolicy.object("any", .array(parts.map(\.json)))
        case .not(let part): GatePolicy.object("not", part.json)
        }
    }

    private static func object(_ name: String, _ value: JSONValue) -> JSONValue {
        .object([JSONMember(name, value)])
    }
}
