public import Bytes
public import PubSub
public import Storage

/// Signs people in by codes that are sent to their mailboxes.
///
/// What a stranger is told never depends on whether an address has a person: a code goes to every address alike, and an
/// address makes its person when its first code is proven.
public struct EmailSignIn: Sendable {
    /// What the ids of people begin with whom an address has made.
    public static let prefix = "email_"
    /// How many codes may be tried for an address in an hour.
    public static let tries = 5
    /// How many addresses a person may have.
    public static let addressesPerPerson = 10

    /// Bounds and times.
    public struct Settings: Sendable {
        /// How long a code is good, in milliseconds.
        public var codeMilliseconds: Int64 = 600_000
        /// Codes that may be sent to one address in a quarter of an hour; 0 for no limit.
        public var codesPerAddress = 5

        /// The usual ones.
        public init() {}
    }

    private let database: any Database
    private let signIns: SignInService
    private let queue: MailQueue
    private let key: [UInt8]
    private let settings: Settings
    private let limiter: SharedLimiter

    /// Over a store and a queue of mails.
    ///
    /// - Parameters:
    ///   - key: Of ``EmailCode/key(from:)``.
    ///   - rates: What the processes count together; nil where this one serves alone.
    public init(
        database: any Database, signIns: SignInService, queue: MailQueue, key: [UInt8],
        settings: Settings = Settings(), rates: (any SharedRates)? = nil
    ) {
        limiter = SharedLimiter("codes", rates, isLifted: true)
        self.database = database
        self.signIns = signIns
        self.queue = queue
        self.key = key
        self.settings = settings
    }

    /// What keeps addresses out for a while, for the operator.
    public var locks: EmailLocks { EmailLocks(database: database, sent: limiter) }

    /// Sends a code, which takes the place of the one before it.
    ///
    /// - Throws: ``EmailRefusal``.
    public func request(
        _ text: String, tenant: String = "default", now: Timestamp = .now()
    ) async throws(EmailRefusal) {
        guard let address = EmailAddress(text) else { throw .address }
        let quota = RateQuota.quarterHour(settings.codesPerAddress)
        if let excess = await limiter.excess(EmailLocks.key(address, tenant), quota, now: now.milliseconds) {
            throw .tooOften(excess)
        }
        // Before the code that is there is replaced by one that would not go out.
        guard queue.hasRoom else { throw .full }
        let code = EmailCode.make()
        let hash = EmailCode.hash(code, of: address, tenant: tenant, key: key)
        let end = Timestamp(milliseconds: now.milliseconds + settings.codeMilliseconds)
        let repository = EmailRepository(database: database, tenant: tenant)
        try await stored { () async throws(StorageError) in
            try await repository.keep(hash: hash, for: address.text, expiresAt: end, now: now)
        }
        guard queue.add(CodeMail(address: address, code: code, expiresAt: end)) else { throw .full }
    }

    /// Signs in whoever has the code.
    ///
    /// - Parameter name: The name of a new person; a made-up one where it is nil.
    /// - Throws: ``EmailRefusal``.
    public func verify(
        _ text: String, code: String, name: String? = nil, tenant: String = "default", now: Timestamp = .now()
    ) async throws(EmailRefusal) -> SignInService.Issued {
        guard let address = EmailAddress(text) else { throw .address }
        let hash = EmailCode.hash(code, of: address, tenant: tenant, key: key)
        let id = Identifier.uuid(now: now)
        let newcomer = EmailPerson(
            address: address.text, user: EmailSignIn.prefix + id,
            userName: name ?? "Guest \(id.suffix(4))", linkedAt: now, usedAt: now)
        let repository = EmailRepository(database: database, tenant: tenant)
        let outcome = try await stored { () async throws(StorageError) in
            try await repository.prove(hash: hash, newcomer: newcomer, tries: EmailSignIn.tries, now: now)
        }
        return try await begin(try EmailSignIn.proven(outcome, now), tenant, now)
    }

    // MARK: One's own addresses

    /// Makes the address of a code a person's who is signed in, so that it signs them in too.
    ///
    /// - Throws: ``EmailRefusal``; ``EmailRefusal/elsewhere`` for people whom the server does not sign in itself.
    public func link(
        _ text: String, code: String, to person: Principal, now: Timestamp = .now()
    ) async throws(EmailRefusal) -> EmailPerson {
        guard WalletPeople.isOwn(person.user) else { throw .elsewhere }
        guard let address = EmailAddress(text) else { throw .address }
        let hash = EmailCode.hash(code, of: address, tenant: person.tenant, key: key)
        let wanted = EmailPerson(
            address: address.text, user: person.user, userName: person.name, linkedAt: now, usedAt: now)
        let repository = EmailRepository(database: database, tenant: person.tenant)
        let outcome = try await stored { () async throws(StorageError) in
            try await repository.link(
                hash: hash, to: wanted, tries: EmailSignIn.tries, addresses: EmailSignIn.addressesPerPerson,
                now: now)
        }
        return try EmailSignIn.proven(outcome, now)
    }

    /// Takes an address from a person.
    ///
    /// - Throws: ``EmailRefusal``.
    public func unlink(_ text: String, from person: Principal) async throws(EmailRefusal) {
        guard let address = EmailAddress(text) else { throw .address }
        let (user, repository) = (person.user, EmailRepository(database: database, tenant: person.tenant))
        let outcome = try await stored { () async throws(StorageError) in
            try await repository.unlink(address.text, from: user)
        }
        switch outcome {
        case .unlinked: return
        case .unknown: throw .notTheirs
        case .last: throw .last
        }
    }

    /// A person's addresses, the oldest first.
    ///
    /// - Throws: ``EmailRefusal/store(_:)``.
    public func addresses(of person: Principal) async throws(EmailRefusal) -> [EmailPerson] {
        let (user, repository) = (person.user, EmailRepository(database: database, tenant: person.tenant))
        return try await stored { () async throws(StorageError) in try await repository.addresses(of: user) }
    }

    private static func proven(
        _ outcome: CodeOutcome, _ now: Timestamp
    ) throws(EmailRefusal) -> EmailPerson {
        switch outcome {
        case .proven(let person): return person
        case .wrong: throw .code
        case .taken: throw .taken
        case .tooManyAddresses: throw .tooManyAddresses
        case .tooMany(let until):
            let wait = max(1, until.milliseconds - now.milliseconds)
            throw .tooOften(RateExcess(.hour(tries), wait: wait, reset: wait))
        }
    }

    private func begin(
        _ person: EmailPerson, _ tenant: String, _ now: Timestamp
    ) async throws(EmailRefusal) -> SignInService.Issued {
        do throws(SignInService.Refusal) {
            return try await signIns.begin(
                PersonKey(tenant: tenant, user: person.user), name: person.userName, now: now)
        } catch {
            throw .noTokens(error)
        }
    }

    private func stored<R>(
        _ body: () async throws(StorageError) -> R
    ) async throws(EmailRefusal) -> R {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .store(error)
        }
    }
}
