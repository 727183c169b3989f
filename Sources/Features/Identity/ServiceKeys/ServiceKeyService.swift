public import Bytes
public import Storage
import Synchronization
import Telemetry

/// Makes, rotates and takes back service keys: first in the store, then in memory, then for who is connected by one.
public final class ServiceKeyService: Sendable {
    /// Why a key was not made or changed.
    public enum Refusal: Error, Hashable, Sendable {
        /// There are as many keys as there may be.
        case tooMany
        /// The key has as many texts that are still good as it may.
        case tooManyTexts
        /// The key is being rotated by another request: of two new texts the store and we would not agree which is
        /// the newest.
        case busy
        /// There is no such key.
        case unknown
        /// The store failed.
        case store(StorageError)
    }

    /// A key with its text, which nobody will see again.
    public struct Made: Sendable {
        /// The key.
        public let key: ServiceKeyRecord
        /// Its text.
        public let text: String
    }

    /// What the ids of keys begin with.
    public static let prefix = "key_"
    /// How long the old text goes on behind a rotation where nobody says: a day, in milliseconds.
    public static let usualOverlap: Int64 = 86_400_000
    /// The longest overlap: 30 days, in milliseconds.
    public static let longestOverlap: Int64 = 2_592_000_000
    private static let textLimit = 8
    private static let noteInterval = Duration.seconds(60)

    /// The keys, for verifiers.
    public let table: ServiceKeyTable
    /// Rings behind each change.
    public let changes = ChangeBell()
    private let repository: ServiceKeyRepository
    private let access: AccessService
    private let limit: Int
    private let noting = Mutex<Task<Void, Never>?>(nil)
    private let rotating = Mutex<Set<PersonKey>>([])

    /// The service over a store.
    ///
    /// - Parameters:
    ///   - table: Filled by ``load()``.
    ///   - access: Reaches who is connected.
    ///   - limit: How many keys there may be.
    public init(
        _ repository: ServiceKeyRepository, table: ServiceKeyTable, access: AccessService, limit: Int = 1000
    ) {
        self.repository = repository
        self.table = table
        self.access = access
        self.limit = limit
    }

    /// Reads the keys; before anybody is let in.
    public func load() async throws(StorageError) {
        table.load(try await repository.all())
    }

    /// All keys, the oldest first.
    public var all: [ServiceKeyRecord] { table.all }

    // MARK: Changes

    /// Makes a key.
    ///
    /// - Throws: ``Refusal``.
    public func make(
        name: String, scopes: KeyScopes, tenant: String, by maker: String, expiresAt: Timestamp?,
        now: Timestamp = .now()
    ) async throws(Refusal) -> Made {
        guard table.count < limit else { throw .tooMany }
        let text = ServiceKeyText.make()
        let person = PersonKey(tenant: tenant, user: ServiceKeyService.prefix + Identifier.uuid(now: now))
        let key = ServiceKeyRecord(
            person: person, name: name, scopes: scopes.text, madeBy: maker, madeAt: now, expiresAt: expiresAt,
            secrets: [ServiceKeyService.secret(text, now)])
        try await stored { [repository] () async throws(StorageError) in try await repository.make(key) }
        table.keep(key)
        changes.ring()
        return Made(key: key, text: text)
    }

    /// Gives a key a new text; the old one goes on for a while.
    ///
    /// - Parameter overlap: For how long, in milliseconds; who is connected by it then is warned and closed as by a
    ///   token that runs out, and may send the new one before.
    /// - Throws: ``Refusal``.
    public func rotate(_ id: String, overlap: Int64, now: Timestamp = .now()) async throws(Refusal) -> Made {
        guard let person = table.find(id)?.person else { throw .unknown }
        guard table.textCount(of: person, now: now) < ServiceKeyService.textLimit else { throw .tooManyTexts }
        guard rotating.withLock({ $0.insert(person).inserted }) else { throw .busy }
        defer { rotating.withLock { _ = $0.remove(person) } }
        let text = ServiceKeyText.make()
        let end = Timestamp(milliseconds: now.milliseconds + overlap)
        let secret = ServiceKeyService.secret(text, now)
        try await stored { [repository] () async throws(StorageError) in
            try await repository.rotate(person, to: secret, othersEndAt: end)
        }
        guard let key = table.add(secret, to: person, othersEndAt: end) else { throw .unknown }
        changes.ring()
        for old in key.secrets.dropFirst() {
            let (issuer, ending) = (ServiceKeyTable.issuer, old.endsAt ?? end)
            access.announce(
                ending <= now
                    ? .token(issuer: issuer, id: old.hash)
                    : .tokenEnds(issuer: issuer, id: old.hash, at: ending))
        }
        return Made(key: key, text: text)
    }

    /// Takes a key back for good; who is connected by it is closed.
    ///
    /// - Throws: ``Refusal``.
    public func revoke(_ id: String) async throws(Refusal) {
        guard let key = table.find(id) else { throw .unknown }
        let person = key.person
        try await stored { [repository] () async throws(StorageError) in try await repository.revoke(person) }
        table.remove(person)
        for secret in key.secrets { access.announce(.token(issuer: ServiceKeyTable.issuer, id: secret.hash)) }
        changes.ring()
    }

    private static func secret(_ text: String, _ now: Timestamp) -> ServiceKeyRecord.Secret {
        ServiceKeyRecord.Secret(hash: ServiceKeyText.hash(text.utf8Span.span), madeAt: now)
    }

    private func stored(
        _ body: () async throws(StorageError) -> Void
    ) async throws(Refusal) {
        do throws(StorageError) {
            try await body()
        } catch {
            if case .notFound = error { throw .unknown }
            throw .store(error)
        }
    }

    // MARK: Last use

    /// Tells the store from now on when keys were used: all of a minute in one write.
    public func start() {
        let task = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: ServiceKeyService.noteInterval)
                await noteUses()
            }
        }
        noting.withLock { $0 = task }
    }

    /// Tells the store what it has not been told, and stops.
    public func stop() async {
        noting.withLock { $0?.cancel() }
        await noteUses()
    }

    private func noteUses() async {
        let uses = table.takeUses()
        guard !uses.isEmpty else { return }
        do throws(StorageError) {
            try await repository.note(uses)
        } catch {
            table.putBack(uses)
            Log.debug("the use of \(uses.count) service keys is not noted: \(error)")
        }
    }
}
