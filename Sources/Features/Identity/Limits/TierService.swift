public import Storage
import Synchronization

/// Which tiers people have been given here: first in the store, then in memory, where each request looks.
public final class TierService: Sendable {
    /// Rings behind each change.
    public let changes = ChangeBell()
    private let repository: TierRepository
    private let tiers = Mutex<[PersonKey: RequestTier]>([:])

    /// The service over a store.
    public init(_ repository: TierRepository) { self.repository = repository }

    /// Reads what the store holds; a tier that this program does not know is none.
    public func load() async throws(StorageError) {
        let all = try await repository.all().compactMapValues { RequestTier(rawValue: $0) }
        tiers.withLock { $0 = all }
    }

    /// The tier that a person was given; nil where none was, and their token says it.
    public func tier(of person: PersonKey) -> RequestTier? { tiers.withLock { $0[person] } }

    /// Gives a person a tier, or takes it away.
    public func set(_ tier: RequestTier?, for person: PersonKey) async throws(StorageError) {
        try await repository.set(tier?.rawValue, for: person)
        tiers.withLock { $0[person] = tier }
        changes.ring()
    }
}
