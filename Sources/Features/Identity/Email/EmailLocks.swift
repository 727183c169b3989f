public import Storage

/// Lifts what keeps a mail address from signing in for a while: too many codes that were asked for or tried.
public struct EmailLocks: Sendable {
    private let database: any Database
    private let sent: SharedLimiter?

    /// Over a store that no server has open: what was asked for, only a server counts.
    public init(database: any Database) {
        self.database = database
        sent = nil
    }

    init(database: any Database, sent: SharedLimiter) {
        self.database = database
        self.sent = sent
    }

    /// Lifts it.
    ///
    /// - Returns: Whose the address is, where it is somebody's.
    /// - Throws: ``EmailRefusal/address`` for what is none, ``EmailRefusal/notLocked`` where there is nothing to lift.
    public func lift(_ text: String, tenant: String) async throws(EmailRefusal) -> String? {
        guard let address = EmailAddress(text) else { throw .address }
        let found: (hadTries: Bool, user: String?)
        do throws(StorageError) {
            found = try await EmailRepository(database: database, tenant: tenant).forgetTries(
                of: address.text)
        } catch {
            throw .store(error)
        }
        let wasSent = await sent?.forget(EmailLocks.key(address, tenant)) ?? false
        guard found.hadTries || wasSent else { throw .notLocked }
        return found.user
    }

    static func key(_ address: EmailAddress, _ tenant: String) -> String { "\(tenant) \(address.text)" }
}
