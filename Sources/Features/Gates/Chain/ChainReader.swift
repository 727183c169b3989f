/// Reads what wallets hold on one chain.
public protocol ChainReader: Sendable {
    /// How many nodes there are to be asked.
    var nodeCount: Int { get }

    /// What became of the questions so far.
    var figures: RPCFigures { get }

    /// Milliseconds until a question of this priority may go out; nil without nodes.
    func wait(_ priority: RequestPriority) -> Int64?

    /// Reads.
    ///
    /// - Parameters:
    ///   - hint: An item of the collection that the wallet may hold, looked at first.
    ///   - slot: The oldest slot or ledger that the answer may be from.
    ///   - node: The one that is to answer; nil: whichever can.
    func read(
        _ query: HoldingQuery, _ priority: RequestPriority, hint: SolanaAddress?, notBefore slot: UInt64?,
        node: Int?
    ) async -> Reading
}

extension ChainReader {
    /// Reads so that the answer can take something from somebody: by the word of two nodes, where there are two.
    ///
    /// One node that answers nothing, promptly and well, is told from the truth by nothing else.
    ///
    /// - Parameters:
    ///   - slot: The oldest slot or ledger that the answers may be from.
    ///   - enough: What no second node needs to say more than.
    /// - Returns: The most that one of them knows of; unknown while one of them cannot say.
    public func confirm(
        _ query: HoldingQuery, notBefore slot: UInt64?, enough: UInt128
    ) async -> Reading {
        var result: Reading?
        for node in 0..<min(2, nodeCount) {
            let reading = await read(query, .sweep, hint: nil, notBefore: slot, node: node)
            if reading.verdict(atLeast: enough) == .yes { return reading }
            switch (result, reading) {
            case (.unknown, _): break
            case (_, .unknown), (nil, _): result = reading
            case (.holds(let known, _), .holds(let more, _)): result = more > known ? reading : result
            }
        }
        return result ?? .unknown(.noEndpoint)
    }
}
