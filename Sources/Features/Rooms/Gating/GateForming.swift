import ClientProtocol
import Gates
public import JSON
import Storage

/// What a client says of a room's gate: a tree, or the fields that are short for one.
public struct GateForming: Sendable {
    static let names = ["access_token_mint", "access_token_min_amount", "access_nft_collection", "gate"]

    /// The fields that were given, null included.
    private let given: [JSONMember]

    /// Reads a request's body; what is wrong with the fields is found when they are put together.
    public init(_ body: JSONValue = .object([])) {
        given = (body.object ?? []).filter { GateForming.names.contains($0.name) }
    }

    /// Whether nothing is said.
    var isEmpty: Bool { given.isEmpty }

    /// A room's gate and type after a change.
    struct Outcome {
        var type: RoomType
        var policy: GatePolicy?
        var mint: String?
        var amount: String?
        var collection: String?
        var tree: String?
    }

    /// Puts together what is said and what a room has.
    ///
    /// - Parameters:
    ///   - type: What is said of the type.
    ///   - room: The room that changes; nil for a new one.
    /// - Returns: Nil where nothing changes.
    func outcome(type: RoomType?, of room: RoomRecord?) throws(ClientError) -> Outcome? {
        if isEmpty, type == nil { return nil }
        let isOpened = type == .public || type == .private
        if isEmpty, let type, isOpened { return Outcome(type: type) }
        let fields = isEmpty ? room?.gateObject ?? .object([]) : merged(with: room)
        let policy: GatePolicy?
        do throws(GatePolicyError) {
            policy = try GatePolicy.parse(roomFields: fields)
        } catch {
            throw .invalid(error.field, error.description)
        }
        guard let policy else { return try withoutGate(type, room) }
        guard !isOpened else {
            throw .invalid("type", "A room with a gate is token_gated or nft_gated.")
        }
        let isTree = fields["gate"].map { !$0.isNull } ?? false
        var outcome = Outcome(type: try GateForming.type(type, room?.type, policy, isTree: isTree))
        outcome.policy = policy
        outcome.mint = fields["access_token_mint"]?.string
        outcome.amount = fields["access_token_min_amount"]?.string
        outcome.collection = fields["access_nft_collection"]?.string
        if isTree {
            var writer = JSONWriter()
            policy.json.write(to: &writer)
            outcome.tree = writer.text()
        }
        return outcome
    }

    private func withoutGate(_ type: RoomType?, _ room: RoomRecord?) throws(ClientError) -> Outcome {
        switch type ?? room?.type ?? .public {
        case .tokenGated where type != nil:
            throw .invalid("access_token_mint", "A token-gated room names its token and the least amount.")
        case .nftGated where type != nil:
            throw .invalid("access_nft_collection", "An NFT-gated room names its collection.")
        // Nobody opens a room to everybody by leaving something out.
        case .tokenGated, .nftGated: throw .invalid("type", "A room without a gate is public or private.")
        case let type: return Outcome(type: type)
        }
    }

    /// A tree takes the place of the short form and the other way round; of the short form each field changes by itself.
    private func merged(with room: RoomRecord?) -> JSONValue {
        let tree = given.first { $0.name == "gate" }?.value
        let short = given.filter { $0.name != "gate" }
        if let tree, !tree.isNull { return .object(given) }
        if short.isEmpty { return .object([]) }
        let kept = room?.gateFields.object?.filter { old in !short.contains { $0.name == old.name } } ?? []
        return .object(kept + short)
    }

    private static func type(
        _ said: RoomType?, _ old: RoomType?, _ policy: GatePolicy, isTree: Bool
    ) throws(ClientError) -> RoomType {
        let leaves = policy.leaves
        let hasItems = leaves.contains(where: \.isItem)
        let hasTokens = leaves.contains(where: \.isAmount)
        if let said {
            if said == .nftGated, !hasItems {
                throw .invalid(
                    isTree ? "type" : "access_nft_collection", "An NFT-gated room names its collection.")
            }
            if said == .tokenGated, !hasTokens, hasItems {
                throw .invalid(
                    isTree ? "type" : "access_token_mint",
                    "A token-gated room names its token and the least amount.")
            }
            return said
        }
        if old == .nftGated, hasItems { return .nftGated }
        return hasItems && !hasTokens ? .nftGated : .tokenGated
    }
}

extension RoomRecord {
    /// All of the gate's fields as they are.
    fileprivate var gateObject: JSONValue {
        guard let gate, let tree = try? JSONValue(parsing: gate) else { return gateFields }
        return .object([JSONMember("gate", tree)])
    }
}

extension JSONValue {
    fileprivate var isNull: Bool { self == .null }
}
