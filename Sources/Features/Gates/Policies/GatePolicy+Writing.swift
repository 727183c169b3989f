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
