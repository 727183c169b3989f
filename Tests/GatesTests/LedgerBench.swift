import Gates
import Outbound
import StoaTesting
import Testing

/// A ledger with a reader of two of its nodes.
final class LedgerBench: Sendable {
    let ledger: Ledger
    let reader: SolanaReader
    /// Milliseconds; it stands still until a test moves it.
    let clock = ManualClock()
    private let http = HTTPClient()

    /// - Parameter change: Alters the settings.
    init(_ change: (inout ChainSettings) -> Void = { _ in }) async throws {
        ledger = try await Ledger()
        var settings = ChainSettings(endpoints: [ledger.node("a"), ledger.node("b")])
        settings.requestsPerSecond = 0
        change(&settings)
        let now: @Sendable () -> Int64 = { [clock] in clock.milliseconds }
        reader = SolanaReader(settings, RPCClient(settings, http, now: now), now: now)
    }

    deinit { http.close() }

    func wallet(lamports: Int64 = 0) async throws -> SolanaAddress {
        try #require(SolanaAddress(try await ledger.wallet(lamports: lamports)))
    }

    func mint(_ program: String = "spl-token") async throws -> SolanaAddress {
        try #require(SolanaAddress(try await ledger.createMint(program: program)))
    }

    func read(
        _ wallet: SolanaAddress, _ asset: Asset, hint: String? = nil, notBefore slot: UInt64? = nil
    ) async -> Reading {
        await reader.read(
            HoldingQuery(wallet, asset), .join, hint: hint.flatMap { SolanaAddress($0) }, notBefore: slot)
    }
}

extension Reading {
    /// The amount, where it is known.
    var amount: UInt128? {
        guard case .holds(let amount, _) = self else { return nil }
        return amount
    }

    var slot: UInt64? {
        guard case .holds(_, let slot) = self else { return nil }
        return slot
    }

    var reason: UnknownReason? {
        guard case .unknown(let reason) = self else { return nil }
        return reason
    }
}
