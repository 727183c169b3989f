import JSON

extension SolanaReader {
    /// Accounts in one question, as nodes allow.
    private static let accountLimit = 100
    /// Items in one question, as indexers allow.
    private static let itemLimit = 1000

    /// Reads again, by few questions, what was seen in full questions before.
    ///
    /// - Returns: For each query that was read in full before the least that is still held, which may be less than all
    ///   of it; unknown where a batch failed. Queries of which nobody knows where to look are left out.
    public func readAgain(
        _ queries: Set<HoldingQuery>, _ priority: RequestPriority
    ) async -> [HoldingQuery: Reading] {
        var accounts: [(address: String, query: HoldingQuery)] = []
        var items: [(address: String, query: HoldingQuery)] = []
        for query in queries {
            switch query.asset {
            case .native: accounts += self.accounts(of: query).map { ($0, query) }
            case .token: accounts += (witnesses.addresses(query) ?? []).map { ($0, query) }
            case .collection: items += (witnesses.addresses(query) ?? []).map { ($0, query) }
            case .xrp, .issued, .xrplItems: break
            }
        }
        var sums: [HoldingQuery: Reading] = [:]
        for chunk in accounts.chunks(of: SolanaReader.accountLimit) {
            add(await read(accounts: chunk, priority), of: chunk, to: &sums)
        }
        for chunk in items.chunks(of: SolanaReader.itemLimit) {
            add(await read(items: chunk, priority), of: chunk, to: &sums)
        }
        return sums
    }

    /// The accounts by which something is held, as far as a full question has found them.
    public func accounts(of query: HoldingQuery) -> [String] {
        switch query.asset {
        case .native: if case .solana(let wallet) = query.wallet { [wallet.text] } else { [] }
        case .token: witnesses.addresses(query) ?? []
        // An item that is sold keeps its address: there is no account of the wallet's to watch.
        case .collection, .xrp, .issued, .xrplItems: []
        }
    }

    /// Adds a batch's amounts up; what failed makes a query unknown.
    private func add(
        _ outcome: Result<(amounts: [UInt128], slot: UInt64?), UnknownReason>,
        of chunk: [(address: String, query: HoldingQuery)], to sums: inout [HoldingQuery: Reading]
    ) {
        for (index, entry) in chunk.enumerated() {
            switch (outcome, sums[entry.query]) {
            case (.failure(let reason), _): sums[entry.query] = .unknown(reason)
            case (.success, .unknown): break
            case (.success(let found), .holds(let sum, _)):
                sums[entry.query] = .holds(sum + found.amounts[index], slot: found.slot)
            case (.success(let found), nil):
                sums[entry.query] = .holds(found.amounts[index], slot: found.slot)
            }
        }
    }

    private func read(
        accounts chunk: [(address: String, query: HoldingQuery)], _ priority: RequestPriority
    ) async -> Result<(amounts: [UInt128], slot: UInt64?), UnknownReason> {
        let parameters = JSONValue.array([
            .array(chunk.map { .string($0.address) }), options(nil, SolanaReader.accountSlice),
        ])
        let queries = chunk.map(\.query)
        do throws(UnknownReason) {
            return .success(
                try await client.ask("getMultipleAccounts", parameters, priority) {
                    result throws(UnknownReason) in
                    guard let found = result["value"]?.array, found.count == queries.count else {
                        throw .malformed
                    }
                    var amounts: [UInt128] = []
                    for (account, query) in zip(found, queries) {
                        amounts.append(try self.amount(account, query))
                    }
                    return (amounts, try self.slot(of: result, nil))
                })
        } catch {
            return .failure(error)
        }
    }

    private func amount(_ account: JSONValue, _ query: HoldingQuery) throws(UnknownReason) -> UInt128 {
        if case .token(let mint) = query.asset, case .solana(let wallet) = query.wallet {
            return UInt128(try accounts(wallet, mint).amount(ofKnown: account))
        }
        if account.isNull { return 0 }
        guard let lamports = account["lamports"]?.integer, lamports >= 0 else { throw .malformed }
        return UInt128(lamports)
    }

    private func read(
        items chunk: [(address: String, query: HoldingQuery)], _ priority: RequestPriority
    ) async -> Result<(amounts: [UInt128], slot: UInt64?), UnknownReason> {
        let parameters = JSONValue.object([
            JSONMember("ids", .array(chunk.map { .string($0.address) })), SolanaReader.withMarks,
        ])
        do throws(UnknownReason) {
            return .success(
                try await client.ask("getAssetBatch", parameters, priority) { result throws(UnknownReason) in
                    guard let found = result.array, found.count == chunk.count else { throw .malformed }
                    var amounts: [UInt128] = []
                    for (item, entry) in zip(found, chunk) {
                        amounts.append(try SolanaReader.count(item, entry))
                    }
                    return (amounts, nil)
                })
        } catch {
            return .failure(error)
        }
    }

    private static func count(
        _ item: JSONValue, _ entry: (address: String, query: HoldingQuery)
    ) throws(UnknownReason) -> UInt128 {
        guard case .collection(let collection) = entry.query.asset,
            case .solana(let wallet) = entry.query.wallet, !item.isNull
        else { return 0 }
        guard item["id"]?.string == entry.address else { throw .contradictory }
        let items = CollectionItems(wallet: wallet, collection: collection)
        return try items.isMember(item) ? 1 : 0
    }
}

extension Array {
    /// The elements in pieces of at most so many.
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
