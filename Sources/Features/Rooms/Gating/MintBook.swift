import Gates
import Reactor
import Synchronization

/// What mints are, kept as long as other readings: decimals stay, the supply moves; what is none, for a minute.
final class MintBook: Sendable {
    private static let capacity = 10_000

    private let lifetime: Int64
    private let absent = AbsenceBook<SolanaAddress>()
    private let known = Mutex<[SolanaAddress: (facts: MintFacts, at: Int64)]>([:])

    init(milliseconds: Int64) { lifetime = milliseconds }

    /// Whether nobody needs to be asked about it.
    func isKnown(_ mint: SolanaAddress) -> Bool {
        let now = MonotonicClock.milliseconds()
        return absent.isAbsent(mint) || known.withLock { $0[mint].map { now - $0.at < lifetime } ?? false }
    }

    /// A mint's facts, or nil where it is none.
    ///
    /// - Throws: ``UnknownReason`` where nobody can say.
    func facts(_ mint: SolanaAddress, _ reader: SolanaReader) async throws(UnknownReason) -> MintFacts? {
        let now = MonotonicClock.milliseconds()
        let kept = known.withLock { $0[mint] }
        if let kept, now - kept.at < lifetime { return kept.facts }
        guard !absent.isAbsent(mint) else { return nil }
        guard let facts = try await reader.mint(mint) else {
            absent.note(mint)
            return nil
        }
        known.withLock { known in
            if known.count >= MintBook.capacity { known = [:] }
            known[mint] = (facts, now)
        }
        return facts
    }
}
