public import Gates
import JSON
public import Storage

extension RoomRecord {
    /// What its gate asks for; nil for a room without one, and for one whose gate nobody can read.
    public var gatePolicy: GatePolicy? {
        guard isGated else { return nil }
        if let gate {
            guard let tree = try? JSONValue(parsing: gate) else { return nil }
            return try? GatePolicy(tree, field: "gate")
        }
        return (try? GatePolicy.parse(roomFields: gateFields)) ?? nil
    }

    /// The short form's fields as they came.
    var gateFields: JSONValue {
        let fields = [
            ("access_token_mint", accessTokenMint), ("access_token_min_amount", accessTokenMinAmount),
            ("access_nft_collection", accessNFTCollection),
        ]
        return .object(fields.map { JSONMember($0.0, $0.1.map { .string($0) } ?? .null) })
    }
}
