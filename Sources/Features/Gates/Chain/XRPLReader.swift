import JSON
public import Reactor
import Synchronization

/// Reads what wallets hold on the XRP Ledger, in validated ledgers.
public final class XRPLReader: ChainReader {
    /// Lines or items of one page, and pages before nobody can say.
    private static let pageSize: Int64 = 400
    private static let pageLimit = 25

    private let settings: ChainSettings
    private let client: RPCClient
    private let now: @Sendable () -> Int64
    private let ledgers = Mutex(SlotClock.xrpl)

    /// A reader.
    ///
    /// - Parameters:
    ///   - client: Over settings of the dialect ``ChainSettings/Dialect/rippled``.
    ///   - now: Milliseconds of a monotonic clock.
    public init(
        _ settings: ChainSettings, _ client: RPCClient,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds
    ) {
        self.settings = settings
        self.client = client
        self.now = now
    }

    /// How many nodes there are to be asked.
    public var nodeCount: Int { settings.endpoints.count }

    /// Milliseconds until a question of this priority may go out; nil without nodes.
    public func wait(_ priority: RequestPriority) -> Int64? { client.wait(priority) }

    /// What became of the questions so far.
    public var figures: RPCFigures { client.figures }

    /// Reads; hints are for other chains.
    public func read(
        _ query: HoldingQuery, _ priority: RequestPriority, hint: SolanaAddress? = nil,
        notBefore ledger: UInt64? = nil, node: Int? = nil
    ) async -> Reading {
        guard case .xrpl(let wallet) = query.wallet else { return .unknown(.noEndpoint) }
        let question = Question(wallet: wallet, priority: priority, least: ledger, node: node)
        do throws(UnknownReason) {
            switch query.asset {
            case .xrp: return try await drops(question)
            case .issued(let token, let scale): return try await lines(question, token, scale)
            case .xrplItems(let issuer, let taxon): return try await items(question, issuer, taxon)
            case .native, .token, .collection: return .unknown(.noEndpoint)
            }
        } catch {
            return .unknown(error)
        }
    }

    /// Whether there is such an account: for a room that is to be gated by what it has issued.
    ///
    /// - Throws: ``UnknownReason`` where nobody can say.
    public func isAccount(_ account: XRPLAddress) async throws(UnknownReason) -> Bool {
        let question = Question(wallet: account, priority: .lookUp, least: nil, node: nil)
        return try await ask("account_info", question, [], nil) { $0["account_data"] != nil }.value
    }

    private struct Question {
        let wallet: XRPLAddress
        let priority: RequestPriority
        let least: UInt64?
        let node: Int?
    }

    // MARK: Balances

    private func drops(_ question: Question) async throws(UnknownReason) -> Reading {
        let found = try await ask("account_info", question, [], nil) { result throws(UnknownReason) in
            if result["error"] != nil { return UInt128(0) }
            guard let text = result["account_data"]?["Balance"]?.string, let drops = UInt64(text) else {
                throw .malformed
            }
            return UInt128(drops)
        }
        return .holds(found.value, slot: found.ledger)
    }

    private func lines(
        _ question: Question, _ token: XRPLToken, _ scale: Int
    ) async throws(UnknownReason) -> Reading {
        let peer = [JSONMember("peer", .string(token.issuer.text))]
        return try await pages("account_lines", "lines", question, peer) { line throws(UnknownReason) in
            guard let account = line["account"]?.string, let currency = line["currency"]?.string,
                let balance = line["balance"]?.string,
                let units = DecimalAmount.units(of: balance, scale: scale)
            else { throw .malformed }
            guard account == token.issuer.text else { throw .contradictory }
            return currency == token.currency ? units : 0
        }
    }

    private func items(
        _ question: Question, _ issuer: XRPLAddress, _ taxon: UInt32
    ) async throws(UnknownReason) -> Reading {
        try await pages("account_nfts", "account_nfts", question, []) { item throws(UnknownReason) in
            guard let from = item["Issuer"]?.string, let kind = item["NFTokenTaxon"]?.integer else {
                throw .malformed
            }
            return from == issuer.text && kind == Int64(taxon) ? 1 : 0
        }
    }

    // MARK: Questions

    /// Adds up a list to its end, all pages from one ledger.
    private func pages(
        _ method: String, _ list: String, _ question: Question, _ members: [JSONMember],
        amount: @escaping @Sendable (JSONValue) throws(UnknownReason) -> UInt128
    ) async throws(UnknownReason) -> Reading {
        var sum: UInt128 = 0
        var marker: JSONValue?
        var ledger: UInt64?
        for _ in 0..<XRPLReader.pageLimit {
            var members = members + [JSONMember("limit", .integer(XRPLReader.pageSize))]
            if let marker { members.append(JSONMember("marker", marker)) }
            let page = try await ask(method, question, members, ledger) {
                result throws(UnknownReason) -> (UInt128, JSONValue?) in
                if result["error"] != nil { return (0, nil) }
                guard let entries = result[list]?.array, result["account"]?.string == question.wallet.text
                else {
                    throw .malformed
                }
                var sum: UInt128 = 0
                for entry in entries {
                    let (more, isTooMuch) = sum.addingReportingOverflow(try amount(entry))
                    sum = isTooMuch ? .max : more
                }
                return (sum, result["marker"])
            }
            let (more, isTooMuch) = sum.addingReportingOverflow(page.value.0)
            sum = isTooMuch ? .max : more
            ledger = page.ledger
            guard let next = page.value.1 else { return .holds(sum, slot: ledger) }
            marker = next
        }
        throw .tooMany
    }

    /// - Parameter ledger: The one that is meant; nil: the newest validated one.
    private func ask<Value: Sendable>(
        _ method: String, _ question: Question, _ members: [JSONMember], _ ledger: UInt64?,
        value: @escaping @Sendable (JSONValue) throws(UnknownReason) -> Value
    ) async throws(UnknownReason) -> (value: Value, ledger: UInt64) {
        let which = ledger.map { JSONValue.number(String($0)) } ?? .string("validated")
        let parameters = JSONValue.object(
            [JSONMember("account", .string(question.wallet.text)), JSONMember("ledger_index", which)]
                + members)
        let least = max(question.least ?? 0, ledger ?? 0)
        return try await client.ask(method, .array([parameters]), question.priority, node: question.node) {
            result throws(UnknownReason) in
            (try value(result), try self.ledger(of: result, least))
        }
    }

    /// An answer's ledger, if it is validated and recent.
    private func ledger(of result: JSONValue, _ least: UInt64) throws(UnknownReason) -> UInt64 {
        guard let index = result["ledger_index"]?.integer.flatMap({ UInt64(exactly: $0) }) else {
            throw .malformed
        }
        let now = now()
        let isRecent = ledgers.withLock { $0.admit(index, now: now) }
        guard result["validated"]?.bool == true, isRecent, index >= least else { throw .stale }
        return index
    }
}
