import Bytes
public import JSON
import Storage

extension GatePolicy {
    /// How many levels a tree has; four say more than people understand.
    public static let depthLimit = 4
    /// How many conditions a tree has: each may cost a question for every wallet.
    public static let leafLimit = 16
    /// How many wallets all lists of a tree have together.
    public static let walletLimit = 1000

    static let conditions = [
        "token", "native", "nft", "xrp", "xrpl_token", "xrpl_nft", "wallets", "role", "invitation", "all",
        "any", "not",
    ]

    /// Reads the gate in a room's fields: `gate`, or the short form of `access_token_mint`,
    /// `access_token_min_amount` and `access_nft_collection`, which must hold together.
    ///
    /// - Returns: Nil where the fields have no gate.
    /// - Throws: ``GatePolicyError``.
    public static func parse(roomFields fields: JSONValue) throws(GatePolicyError) -> GatePolicy? {
        let short = ["access_token_mint", "access_token_min_amount", "access_nft_collection"]
        let given = short.filter { !(fields[$0]?.isNull ?? true) }
        if let gate = fields["gate"], !gate.isNull {
            if let field = given.first { throw GatePolicyError(field, .twoGates) }
            return try GatePolicy(gate, field: "gate")
        }
        var parts: [GatePolicy] = []
        let hasToken = given.contains(short[0])
        guard hasToken == given.contains(short[1]) else {
            let (lacking, beside) = hasToken ? (short[1], short[0]) : (short[0], short[1])
            throw GatePolicyError(lacking, .needed(beside: beside))
        }
        if hasToken {
            let mint = try address(fields[short[0]], short[0])
            parts.append(.token(mint, minimum: try amount(fields[short[1]], short[1])))
        }
        if given.contains(short[2]) { parts.append(.collection(try address(fields[short[2]], short[2]))) }
        return parts.count > 1 ? .all(parts) : parts.first
    }

    /// Reads a gate strictly: nothing unknown, nothing beyond the bounds.
    ///
    /// - Parameter field: What errors call the value.
    /// - Throws: ``GatePolicyError``.
    public init(_ value: JSONValue, field: String) throws(GatePolicyError) {
        let policy = try GatePolicy.condition(value, field, level: 1)
        let leaves = policy.leaves
        let wallets = leaves.reduce(0) { sum, leaf in
            guard case .wallets(let list) = leaf else { return sum }
            return sum + list.count
        }
        guard leaves.count <= GatePolicy.leafLimit, wallets <= GatePolicy.walletLimit else {
            throw GatePolicyError(field, .tooMuch)
        }
        self = policy
    }

    private static func condition(
        _ value: JSONValue, _ field: String, level: Int
    ) throws(GatePolicyError) -> GatePolicy {
        guard let members = value.object, members.count == 1, let member = members.first else {
            throw GatePolicyError(field, .notACondition)
        }
        let (value, path) = (member.value, field + "." + member.name)
        switch member.name {
        case "token":
            try check(value, ["mint", "min_amount"], path)
            let mint = try address(value["mint"], path + ".mint")
            return .token(mint, minimum: try amount(value["min_amount"], path + ".min_amount"))
        case "native":
            try check(value, ["min_amount"], path)
            return .native(minimum: try amount(value["min_amount"], path + ".min_amount"))
        case "nft":
            try check(value, ["collection"], path)
            return .collection(try address(value["collection"], path + ".collection"))
        case "xrp":
            try check(value, ["min_amount"], path)
            return .xrp(minimum: try amount(value["min_amount"], path + ".min_amount"))
        case "xrpl_token":
            try check(value, ["currency", "issuer", "min_amount"], path)
            return try issued(value, path)
        case "xrpl_nft":
            try check(value, ["issuer", "taxon"], path)
            let issuer = try xrplAddress(value["issuer"], path + ".issuer")
            guard let taxon = value["taxon"]?.integer.flatMap({ UInt32(exactly: $0) }) else {
                throw GatePolicyError(path + ".taxon", .notATaxon)
            }
            return .xrplItems(issuer, taxon: taxon)
        case "wallets": return .wallets(try wallets(value, path))
        case "role":
            guard let role = value.string.flatMap({ Role(rawValue: $0) }) else {
                throw GatePolicyError(path, .notARole)
            }
            return .role(role)
        case "invitation":
            guard value.bool == true else { throw GatePolicyError(path, .notTrue) }
            return .invitation
        case "all", "any", "not": return try branch(member.name, value, path, level)
        default: throw GatePolicyError(field, .notACondition)
        }
    }

    private static func branch(
        _ name: String, _ value: JSONValue, _ path: String, _ level: Int
    ) throws(GatePolicyError) -> GatePolicy {
        guard level < depthLimit else { throw GatePolicyError(path, .tooMuch) }
        if name == "not" { return .not(try condition(value, path, level: level + 1)) }
        guard let elements = value.array, !elements.isEmpty else { throw GatePolicyError(path, .notAList) }
        guard elements.count <= leafLimit else { throw GatePolicyError(path, .tooMuch) }
        var parts: [GatePolicy] = []
        for (index, element) in elements.enumerated() {
            parts.append(try condition(element, "\(path)[\(index)]", level: level + 1))
        }
        return name == "all" ? .all(parts) : .any(parts)
    }

    // MARK: Members

    private static func check(
        _ value: JSONValue, _ names: [String], _ path: String
    ) throws(GatePolicyError) {
        let given = (value.object ?? []).map(\.name)
        guard value.object != nil, Set(given) == Set(names) else {
            throw GatePolicyError(path, .members(expected: names, given: given))
        }
    }

    private static func address(
        _ value: JSONValue?, _ path: String
    ) throws(GatePolicyError) -> SolanaAddress {
        guard let address = value?.string.flatMap({ SolanaAddress($0) }) else {
            throw GatePolicyError(path, .notAnAddress)
        }
        return address
    }

    private static func xrplAddress(
        _ value: JSONValue?, _ path: String
    ) throws(GatePolicyError) -> XRPLAddress {
        guard let address = value?.string.flatMap({ XRPLAddress($0) }) else {
            throw GatePolicyError(path, .notAnXRPLAddress)
        }
        return address
    }

    private static func issued(_ value: JSONValue, _ path: String) throws(GatePolicyError) -> GatePolicy {
        let issuer = try xrplAddress(value["issuer"], path + ".issuer")
        let currency = value["currency"]?.string
        guard let token = currency.flatMap({ XRPLToken(currency: $0, issuer: issuer) }) else {
            throw GatePolicyError(path + ".currency", .notACurrency)
        }
        guard let minimum = value["min_amount"]?.string.flatMap({ DecimalAmount($0) }) else {
            throw GatePolicyError(path + ".min_amount", .notADecimal)
        }
        return .issued(token, minimum: minimum)
    }

    private static func amount(_ value: JSONValue?, _ path: String) throws(GatePolicyError) -> UInt64 {
        // One text for each number: no sign, no leading zero. 0 would be a gate that is none.
        guard let text = value?.string, text.utf8.allSatisfy(ASCII.isDigit), !text.hasPrefix("0"),
            let amount = UInt64(text)
        else { throw GatePolicyError(path, .notAnAmount) }
        return amount
    }

    private static func wallets(
        _ value: JSONValue, _ path: String
    ) throws(GatePolicyError) -> [Wallet] {
        guard let elements = value.array, !elements.isEmpty else { throw GatePolicyError(path, .notAList) }
        guard elements.count <= walletLimit else { throw GatePolicyError(path, .tooMuch) }
        var list: [Wallet] = []
        var seen: Set<Wallet> = []
        for (index, element) in elements.enumerated() {
            guard let wallet = element.string.flatMap({ Wallet($0) }) else {
                throw GatePolicyError("\(path)[\(index)]", .notAnAddress)
            }
            guard seen.insert(wallet).inserted else { throw GatePolicyError(path, .notAList) }
            list.append(wallet)
        }
        return list
    }
}
