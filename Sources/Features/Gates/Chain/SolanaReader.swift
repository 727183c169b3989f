import JSON
public import Reactor
import Synchronization

/// Reads what wallets hold on Solana, at the commitment `confirmed`.
public final class SolanaReader: ChainReader {
    let settings: ChainSettings
    let client: RPCClient
    private let now: @Sendable () -> Int64
    private let slots = Mutex(SlotClock.solana)
    /// Where what was held was last seen.
    let witnesses = WitnessBook()

    /// A reader.
    ///
    /// - Parameter now: Milliseconds of a monotonic clock.
    public init(
        _ settings: ChainSettings, _ client: RPCClient,
        now: @escaping @Sendable () -> Int64 = MonotonicClock.milliseconds
    ) {
        self.settings = settings
        self.client = client
        self.now = now
    }

    /// Reads.
    ///
    /// - Parameters:
    ///   - hint: An item of the collection that the wallet may hold, looked at first.
    ///   - slot: The oldest slot that the answer may be from.
    ///   - node: The one that is to answer; nil: whichever can.
    public func read(
        _ query: HoldingQuery, _ priority: RequestPriority, hint: SolanaAddress? = nil,
        notBefore slot: UInt64? = nil, node: Int? = nil
    ) async -> Reading {
        guard case .solana(let wallet) = query.wallet else { return .unknown(.noEndpoint) }
        do throws(UnknownReason) {
            switch query.asset {
            case .native: return try await native(wallet, priority, slot, node)
            case .token(let mint): return try await token(mint, of: wallet, priority, slot, node)
            case .collection(let collection):
                let items = CollectionItems(wallet: wallet, collection: collection)
                if let hint, await proves(hint, items, priority) {
                    witnesses.keep(query, [hint.text])
                    return .holds(1, slot: nil)
                }
                return try await search(items, priority, node)
            case .xrp, .issued, .xrplItems: return .unknown(.noEndpoint)
            }
        } catch {
            return .unknown(error)
        }
    }

    /// How many nodes there are to be asked.
    public var nodeCount: Int { settings.endpoints.count }

    /// Milliseconds until a question of this priority may go out; nil without nodes.
    public func wait(_ priority: RequestPriority) -> Int64? { client.wait(priority) }

    /// What became of the questions so far.
    public var figures: RPCFigures { client.figures }

    // MARK: Balances

    private func native(
        _ wallet: SolanaAddress, _ priority: RequestPriority, _ least: UInt64?, _ node: Int?
    ) async throws(UnknownReason) -> Reading {
        let parameters = JSONValue.array([.string(wallet.text), options(least)])
        return try await client.ask("getBalance", parameters, priority, node: node) {
            result throws(UnknownReason) in
            guard let lamports = result["value"]?.integer, lamports >= 0 else { throw .malformed }
            return .holds(UInt128(lamports), slot: try self.slot(of: result, least))
        }
    }

    private func token(
        _ mint: SolanaAddress, of wallet: SolanaAddress, _ priority: RequestPriority, _ least: UInt64?,
        _ node: Int?
    ) async throws(UnknownReason) -> Reading {
        let accounts = accounts(wallet, mint)
        let parameters = JSONValue.array([
            .string(wallet.text), .object([JSONMember("mint", .string(mint.text))]),
            options(least, SolanaReader.accountSlice),
        ])
        let query = HoldingQuery(wallet, .token(mint))
        return try await client.ask("getTokenAccountsByOwner", parameters, priority, node: node) {
            result throws(UnknownReason) in
            let amounts = try accounts.amounts(result["value"])
            let slot = try self.slot(of: result, least)
            self.witnesses.keep(query, amounts.filter { $0.amount > 0 }.map(\.address))
            return .holds(amounts.reduce(0) { $0 + UInt128($1.amount) }, slot: slot)
        }
    }

    func accounts(_ wallet: SolanaAddress, _ mint: SolanaAddress) -> TokenAccounts {
        TokenAccounts(
            wallet: wallet, mint: mint, countsFrozen: settings.countsFrozen,
            countsDelegated: settings.countsDelegated)
    }

    /// Asks for as much of accounts as their amounts need.
    static let accountSlice = [
        JSONMember("encoding", .string("base64")),
        JSONMember(
            "dataSlice",
            .object([
                JSONMember("offset", .integer(0)),
                JSONMember("length", .integer(Int64(TokenAccounts.sliceLength))),
            ])),
    ]

    func options(_ least: UInt64?, _ members: [JSONMember] = []) -> JSONValue {
        var members = members + [JSONMember("commitment", .string("confirmed"))]
        if let least { members.append(JSONMember("minContextSlot", .number(String(least)))) }
        return .object(members)
    }

    /// An answer's slot, if it is recent.
    func slot(of result: JSONValue, _ least: UInt64?) throws(UnknownReason) -> UInt64 {
        guard let number = result["context"]?["slot"]?.integer, let slot = UInt64(exactly: number) else {
            throw .malformed
        }
        let now = now()
        let isRecent = slots.withLock { $0.admit(slot, now: now) }
        guard isRecent, slot >= least ?? 0 else { throw .stale }
        return slot
    }

    // MARK: Collections

    private func search(
        _ items: CollectionItems, _ priority: RequestPriority, _ node: Int?
    ) async throws(UnknownReason) -> Reading {
        var members: Set<String> = []
        let limit = settings.pageSize
        for page in 1...max(1, settings.pageLimit) {
            let found = try await client.ask("searchAssets", question(items, page), priority, node: node) {
                result throws(UnknownReason) in try items.page(result, limit: limit)
            }
            members.formUnion(found.members)
            if found.items < limit {
                witnesses.keep(
                    HoldingQuery(items.wallet, .collection(items.collection)), Array(members.prefix(3)))
                return .holds(UInt128(members.count), slot: nil)
            }
        }
        // The rest may hold more, but cannot hold less.
        guard members.isEmpty else { return .holds(UInt128(members.count), slot: nil) }
        throw .tooMany
    }

    private func question(_ items: CollectionItems, _ page: Int) -> JSONValue {
        .object([
            JSONMember("ownerAddress", .string(items.wallet.text)),
            JSONMember("grouping", .array([.string("collection"), .string(items.collection.text)])),
            JSONMember("burnt", .bool(false)), JSONMember("page", .integer(Int64(page))),
            JSONMember("limit", .integer(Int64(settings.pageSize))), SolanaReader.withMarks,
        ])
    }

    /// Whether the hinted item proves it; if not, or nobody can say, the search decides.
    private func proves(
        _ hint: SolanaAddress, _ items: CollectionItems, _ priority: RequestPriority
    ) async -> Bool {
        let parameters = JSONValue.object([JSONMember("id", .string(hint.text)), SolanaReader.withMarks])
        do throws(UnknownReason) {
            return try await client.ask("getAsset", parameters, priority, isGuess: true) {
                item throws(UnknownReason) in
                // People may name what they like: that it is no item, or of another kind, is no node's fault.
                if item.isNull { return false }
                guard item["id"]?.string == hint.text else { throw .contradictory }
                return (try? items.isMember(item)) ?? false
            }
        } catch {
            return false
        }
    }

    /// Indexers leave unverified groups out unless they are asked, and then mark each.
    static let withMarks = JSONMember(
        "options", .object([JSONMember("showUnverifiedCollections", .bool(true))]))
}
