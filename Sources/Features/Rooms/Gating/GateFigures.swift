public import Gates

/// What gates did since the start.
public struct GateFigures: Sendable {
    /// Verdicts about people at a door, by their word.
    public internal(set) var verdicts: [Verdict: Int] = [:]
    /// People who were taken out since they no longer hold what is asked for.
    public internal(set) var lost = 0
    /// People whose presence ended since nobody could say for too long.
    public internal(set) var unverified = 0
    /// People behind gates, and who came no further lately.
    public internal(set) var leases = 0
    /// Whether this process looks at everybody behind gates.
    public internal(set) var sweeps = true
    /// Questions to Solana's nodes.
    public internal(set) var solana = RPCFigures()
    /// Questions to the XRP Ledger's nodes.
    public internal(set) var xrpl = RPCFigures()

    /// Whether nodes were to be asked since a moment, and none has answered.
    func heardNothing(since before: GateFigures) -> Bool {
        let isSilent = solana.answered == before.solana.answered && xrpl.answered == before.xrpl.answered
        return isSilent
            && (solana.failed, solana.unasked, xrpl.failed, xrpl.unasked)
                != (before.solana.failed, before.solana.unasked, before.xrpl.failed, before.xrpl.unasked)
    }
}
