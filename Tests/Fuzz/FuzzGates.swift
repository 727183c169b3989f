import Bytes
import Gates
import JSON

/// A gate that is taken is within its bounds and reads back the same.
public func fuzzGatePolicy(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes.span),
        let policy = try? GatePolicy.parse(roomFields: value)
    else { return }
    require((1...GatePolicy.leafLimit).contains(policy.leaves.count), "as many conditions as allowed")
    let again = try? GatePolicy(policy.json, field: "gate")
    require(again == policy, "what is written reads back the same")
    require(
        GateReport(policy, GateFacts(wallets: [])).verdict != .unknown, "no wallet leaves nothing unknown")
}

/// No bytes of a node crash the readers, and an answer to another question is none.
public func fuzzChainAnswer(_ bytes: [UInt8]) {
    if let result = try? RPCAnswer.rippledResult(of: bytes) {
        require(result["status"] != nil, "an answer of the XRP Ledger has a status")
    }
    guard let result = try? RPCAnswer.result(of: bytes, id: 7), let system = SolanaAddress(systemProgram)
    else { return }
    require((try? RPCAnswer.result(of: bytes, id: 8)) == nil, "an answer has one id")
    let accounts = TokenAccounts(wallet: system, mint: system, countsFrozen: true, countsDelegated: false)
    _ = try? accounts.sum(result["value"])
    let items = CollectionItems(wallet: system, collection: system)
    if let page = try? items.page(result, limit: 1000) {
        require(page.members.count <= page.items, "no more members than items")
    }
}

/// 32 zero bytes, so that inputs are easy to write.
private let systemProgram = "11111111111111111111111111111111"
