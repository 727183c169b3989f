import Gates
import Reactor
import Synchronization

/// What mints or collections are, kept for a while; what is none, for a minute.
final class FactBook<Facts: Sendable>: Sendable {
    private let lifetime: Int64
    private let capacity = 10_000
    private let absent = AbsenceBook<SolanaAddress>()
    private let known = Mutex<[SolanaAddress: (facts: Facts, at: Int64)]>([:])

    init(milliseconds: Int64) { lifetime = milliseconds }

    /// Whether nobody needs to be asked about it.
    func isKnown(_ address: SolanaAddress) -> Bool {
        let now = MonotonicClock.milliseconds()
        return absent.isAbsent(address)
            || known.withLock { $0[address].map { now - $0.at < lifetime } ?? false }
    }

    /// The facts of an address, or nil where it is no such thing.
    ///
    /// - Parameter look: Asks a chain.
    /// - Throws: ``UnknownReason`` where nobody can say.
    func facts(
        _ address: SolanaAddress, _ look: (SolanaAddress) async throws(UnknownReason) -> Facts?
    ) async throws(UnknownReason) -> Facts? {
        let now = MonotonicClock.milliseconds()
        let kept = known.withLock { $0[address] }
        if let kept, now - kept.at < lifetime { return kept.facts }
        guard !absent.isAbsent(address) else { return nil }
        guard let facts = try await look(address) else {
            absent.note(address)
            return nil
        }
        known.withLock { known in
            if known.count >= capacity { known = [:] }
            known[address] = (facts, now)
        }
        return facts
    }
}
