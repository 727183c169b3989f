extension SolanaReader {
    /// Reads so that the answer can take something from somebody: by the word of two nodes, where there are two.
    ///
    /// One node that answers nothing, promptly and well, is told from the truth by nothing else.
    ///
    /// - Parameter slot: The oldest slot that the answers may be from.
    /// - Returns: The most that one of them knows of; unknown while one of them cannot say.
    public func confirm(
        _ query: HoldingQuery, notBefore slot: UInt64?, enough: UInt128
    ) async -> Reading {
        var result: Reading?
        for node in settings.endpoints.indices.prefix(2) {
            let reading = await read(query, .sweep, notBefore: slot, node: node)
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
