import Gateway
import Identity
import Outbound
import PostgresStorage
import Reactor
import RedisPubSub
import Storage

/// Whether a server can run with a configuration: the one place that says so, for `serve` and for `config check`.
///
/// What changes from one moment to the next, as a port that is taken, is not its business.
struct ConfigurationCheck {
    let configuration: Configuration
    private var faults: [String]

    /// Checks a configuration.
    ///
    /// - Throws: ``ConfigurationError`` with all that is wrong with it, and with its sources.
    static func run(_ configuration: Configuration) throws(ConfigurationError) {
        var check = ConfigurationCheck(configuration)
        check.addresses()
        check.secrets()
        check.certificates()
        check.lists()
        check.wallets()
        check.nodes()
        check.sources()
        check.email()
        check.sharing()
        check.webhooks()
        check.store()
        guard check.faults.isEmpty else { throw ConfigurationError(check.faults) }
    }

    private init(_ configuration: Configuration) {
        self.configuration = configuration
        faults = configuration.faults
    }

    mutating func fault(_ key: String, _ words: String) {
        faults.append("\(key) \(words) (\(configuration.source(key)))")
    }

    private mutating func addresses() {
        let host = configuration.text("host")
        if SocketAddress(host: host, port: 0) == nil {
            fault("host", "is an address in numbers, not \"\(host)\"")
        }
        if !configuration.text("metrics.listen").isEmpty, configuration.metricsAddress == nil {
            fault(
                "metrics.listen",
                "is an address in numbers with a port, as 127.0.0.1:9100, not \"\(configuration.text("metrics.listen"))\""
            )
        }
        let path = configuration.text("unix_socket")
        if !path.isEmpty, SocketAddress(path: path) == nil {
            fault("unix_socket", "is a path of at most 107 bytes, not one of \(path.utf8.count)")
        }
        if configuration.text("data_dir").isEmpty {
            fault("data_dir", "is the path of a directory, not empty")
        }
        if !(1...64).contains(configuration.text("instance.id").utf8.count) {
            fault("instance.id", "has 1 to 64 bytes")
        }
    }

    private mutating func sharing() {
        do throws(RedisError) {
            _ = try RedisDeployment(configuration.list("broker.redis"))
        } catch {
            fault("broker.redis", "has an address that is none: \(error)")
        }
        guard let path = configuration.optional("broker.authorities") else { return }
        do throws(TLSError) {
            _ = try TLSContext(authorityPath: path)
        } catch {
            fault("broker.authorities", "cannot be used: \(error)")
        }
    }

    private mutating func secrets() {
        let secrets = configuration.list("jwt.secret")
        let least = TokenVerifier.secretMinimum
        for secret in secrets where secret.utf8.count < least {
            fault(
                "jwt.secret", "has at least \(least) bytes; one of \(secret.utf8.count) is too easy to guess")
        }
        let settings = IssuerSettings(configuration, secrets: secrets.map { Array($0.utf8) })
        for found in settings.faults { fault(found.key, found.words) }
        let others = ["jwt.keys", "jwt.jwks_url", "jwt.issuers"]
        if secrets.isEmpty, others.allSatisfy({ configuration.list($0).isEmpty }), !configuration.flag("dev")
        {
            faults.append(
                "jwt.secret, jwt.keys, jwt.jwks_url or jwt.issuers is needed to verify tokens; to try the server, use --dev"
            )
        }
        authorities()
    }

    private mutating func authorities() {
        let key = "jwt.jwks_authorities"
        guard let path = configuration.optional(key) else { return }
        do throws(TLSError) {
            _ = try TLSContext(authorityPath: path)
        } catch {
            fault(key, "cannot be used: \(error)")
        }
    }

    private mutating func certificates() {
        let certificates = configuration.list("tls.certificate").count
        let keys = configuration.list("tls.key").count
        if certificates != keys {
            faults.append(
                "tls.certificate and tls.key have as many files as each other, not \(certificates) and \(keys)"
            )
        }
        for identity in configuration.identities {
            do throws(TLSError) {
                _ = try TLSContext(identities: [identity])
            } catch {
                faults.append("\(error) (\(configuration.source("tls.certificate")))")
            }
        }
    }

    private mutating func wallets() {
        let settings = configuration.wallets
        for text in settings.origins where !WalletSettings.isOrigin(text) {
            fault("wallet.origins", "are written as https://app.example, not \"\(text)\"")
        }
        for text in settings.origins where WalletSettings.isOrigin(text) && !ConfigurationCheck.isSafe(text) {
            fault(
                "wallet.origins",
                "are https, or http of this machine: anybody on the way could sign in as whoever signs at \"\(text)\""
            )
        }
        if !WalletSettings.isStatement(settings.statement) {
            fault("wallet.statement", "is one line of ASCII without quotes and percent signs")
        }
        for text in settings.resources where !WalletSettings.isResource(text) {
            fault("wallet.resources", "are URIs, not \"\(text)\"")
        }
        if settings.resources.count > SignInMessage.resourceLimit {
            fault("wallet.resources", "are at most \(SignInMessage.resourceLimit)")
        }
        for chain in WalletChain.allCases {
            let network = settings.networks[chain] ?? ""
            guard !chain.allowsNetwork(network) else { continue }
            fault("wallet.\(chain.rawValue)_network", "is no network of it: \"\(network)\"")
        }
    }

    private mutating func email() {
        if let path = configuration.optional("email.authorities") {
            do throws(TLSError) {
                _ = try TLSContext(authorityPath: path)
            } catch {
                fault("email.authorities", "cannot be used: \(error)")
            }
        }
        let subject = configuration.text("email.subject").utf8
        if !(1...200).contains(subject.count) || !subject.allSatisfy({ (0x20...0x7E).contains($0) }) {
            fault("email.subject", "is one line of 1 to 200 characters of ASCII")
        }
        if configuration.optional("email.webhook_url") != nil {
            let count = configuration.text("email.webhook_secret").utf8.count
            if count < TokenVerifier.secretMinimum {
                fault(
                    "email.webhook_secret", "has at least \(TokenVerifier.secretMinimum) bytes, not \(count)")
            }
            if configuration.optional("email.smtp_url") != nil {
                fault("email.webhook_url", "stands in place of email.smtp_url: only one of them may be set")
            }
        }
        guard let url = configuration.optional("email.smtp_url") else { return }
        if !SMTPServer.isURL(url) {
            fault("email.smtp_url", "is a host as smtp://mail.example:587 or smtps://mail.example:465")
        }
        if MailSender(configuration.text("email.from")) == nil {
            fault("email.from", "is an address, as no-reply@example.org or Stoa <no-reply@example.org>")
        }
    }

    private mutating func store() {
        let replicas = configuration.list("store.postgres_replicas")
        for text in replicas { database("store.postgres_replicas", text) }
        if let text = configuration.optional("store.postgres") {
            database("store.postgres", text)
        } else if !replicas.isEmpty {
            fault("store.postgres_replicas", "needs store.postgres, which they follow, beside it")
        }
    }

    private mutating func database(_ key: String, _ text: String) {
        do throws(StorageError) {
            let target = try PostgresTarget(text)
            if target.isReadableOnTheWay, !configuration.flag("store.postgres_plain") {
                fault(
                    key,
                    "speaks to another machine without TLS: add sslmode=verify-full, or set store.postgres_plain"
                )
            }
        } catch {
            fault(key, "cannot be read: \(FailureWords.words(error))")
        }
    }

    private mutating func lists() {
        let gateway = configuration.gateway
        for text in gateway.unreadableProxies {
            fault(
                "http.trusted_proxies", "are addresses, networks as 10.0.0.0/8, or `unix`, not \"\(text)\"")
        }
        for text in gateway.unreadableOrigins {
            fault("http.origins", "are written as https://example.org, or `*`, not \"\(text)\"")
        }
        for rule in configuration.list("topics.rings") where Configuration.ring(rule) == nil {
            fault("topics.rings", "are written as topic:lobby*=1000, up to 100000 each, not \"\(rule)\"")
        }
    }
}
