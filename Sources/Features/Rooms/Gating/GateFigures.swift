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
    /// Questions to Solana's nodes.
    public internal(set) var solana = RPCFigures()
    /// Questions to the XRP Ledger's nodes.
    public internal(set) var xrpl = RPCFigures()
}
