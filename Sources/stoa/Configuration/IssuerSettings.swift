import Cryptography
import Identity

/// Reads who may sign tokens from the configuration: `jwt.secret`, `jwt.keys`, `jwt.jwks_url` and `jwt.issuers`.
struct IssuerSettings {
    /// The operator's own site, where it has any key, and the further issuers.
    private(set) var issuers: [Issuer] = []
    /// What is wrong, each with its key.
    private(set) var faults: [(key: String, words: String)] = []

    /// Reads them.
    ///
    /// - Parameter secrets: The secrets of HS256; those that are too short are somebody else's fault to tell.
    init(_ configuration: Configuration, secrets: [[UInt8]]) {
        readMain(configuration, secrets)
        for entry in configuration.list("jwt.issuers") { readNamed(entry) }
        checkNames()
    }

    private mutating func fault(_ key: String, _ words: String) { faults.append((key, words)) }

    // MARK: The operator's own site

    private mutating func readMain(_ configuration: Configuration, _ secrets: [[UInt8]]) {
        var main = Issuer(.main)
        main.issuer = configuration.optional("jwt.issuer")
        main.audience = configuration.optional("jwt.audience")
        main.tenantClaim = configuration.optional("jwt.tenant_claim")
        main.keysURL = url(configuration.optional("jwt.jwks_url"), "jwt.jwks_url")
        main.keys = secrets.filter { $0.count >= TokenVerifier.secretMinimum }
            .map { VerificationKey(secret: $0) }
        for entry in configuration.list("jwt.keys") {
            if let key = readKey(entry) { main.keys.append(key) }
        }
        if !main.keys.isEmpty || main.keysURL != nil { issuers.append(main) }
    }

    /// A key as `path kid=… alg=…`.
    private mutating func readKey(_ entry: String) -> VerificationKey? {
        let words = entry.split(separator: " ").map(String.init)
        guard let path = words.first, let options = IssuerSettings.pairs(words.dropFirst()),
            Set(options.map(\.name)).isSubset(of: ["kid", "alg"]),
            Set(options.map(\.name)).count == options.count
        else {
            fault("jwt.keys", "are written as path, or path kid=main alg=PS256, not \"\(entry)\"")
            return nil
        }
        let values = Dictionary(options.map { ($0.name, $0.value) }) { $1 }
        return load(path, id: values["kid"], algorithm: values["alg"], "jwt.keys")
    }

    private mutating func load(
        _ path: String, id: String?, algorithm name: String?, _ setting: String
    ) -> VerificationKey? {
        let algorithm = name.flatMap(SignatureAlgorithm.init(rawValue:))
        guard name == nil || algorithm != nil else {
            let names = SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
            fault(setting, "has alg=\(name ?? ""), which is none of \(names)")
            return nil
        }
        do {
            let text = try SettingsFile.contents(path)
            return VerificationKey(try PublicKey(pem: text, algorithm: algorithm), id: id)
        } catch let error as PublicKeyError {
            fault(setting, "\(path) \(error)")
        } catch {
            fault(setting, "\(error)")
        }
        return nil
    }

    // MARK: Further issuers

    /// An issuer as `name=… issuer=… jwks=… key=… alg=… audience=… tenant=… tenant_claim=…`.
    private mutating func readNamed(_ entry: String) {
        let known: Set = [
            "name", "issuer", "jwks", "key", "alg", "audience", "tenant", "tenant_claim",
        ]
        guard let pairs = IssuerSettings.pairs(entry.split(separator: " ").map(String.init)[...]),
            pairs.allSatisfy({ known.contains($0.name) }),
            Set(pairs.map(\.name).filter { $0 != "key" }).count == pairs.count(where: { $0.name != "key" })
        else {
            return fault(
                "jwt.issuers",
                "are written as name=acme issuer=https://id.acme.example jwks=https://…, not \"\(entry)\"")
        }
        let values = Dictionary(pairs.map { ($0.name, $0.value) }) { first, _ in first }
        guard let name = values["name"], Issuer.isName(name), let address = values["issuer"] else {
            return fault(
                "jwt.issuers", "each have a name of letters a to z, digits and hyphens, and an issuer")
        }
        var issuer = Issuer(.named(name), issuer: address)
        issuer.audience = values["audience"]
        issuer.tenant = values["tenant"] ?? "default"
        issuer.tenantClaim = values["tenant_claim"]
        issuer.keysURL = url(values["jwks"], "jwt.issuers")
        for pair in pairs where pair.name == "key" {
            let key = load(pair.value, id: nil, algorithm: values["alg"], "jwt.issuers")
            if let key { issuer.keys.append(key) }
        }
        guard values["jwks"] != nil || pairs.contains(where: { $0.name == "key" }) else {
            return fault("jwt.issuers", "each have jwks= or key=; \(name) has neither")
        }
        guard TokenRules.isUser(issuer.tenant) else {
            return fault("jwt.issuers", "have tenants of 1 to 64 bytes without hidden characters")
        }
        issuers.append(issuer)
    }

    /// Two issuers that could be taken for each other are refused.
    private mutating func checkNames() {
        var seen: Set = [OwnTokens.issuer]
        var names: Set<String> = []
        for issuer in issuers {
            let key = issuer.kind == .main ? "jwt.issuer" : "jwt.issuers"
            if let address = issuer.issuer, !seen.insert(address).inserted {
                fault(key, "has \"\(address)\" twice, or takes the one that the server's own tokens have")
            }
            if case .named(let name) = issuer.kind, !names.insert(name).inserted {
                fault(key, "has the name \(name) twice")
            }
        }
    }

    // MARK: Reading

    private static func pairs(_ words: ArraySlice<String>) -> [(name: String, value: String)]? {
        var pairs: [(name: String, value: String)] = []
        for word in words {
            guard let equals = word.firstIndex(of: "="), word.index(after: equals) < word.endIndex else {
                return nil
            }
            pairs.append((String(word[..<equals]), String(word[word.index(after: equals)...])))
        }
        return pairs
    }

    /// An address that keys may come from: over https, or from this machine itself.
    private mutating func url(_ text: String?, _ key: String) -> String? {
        guard let text else { return nil }
        let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        let isLocal = local.contains { start in
            text == start || text.hasPrefix(start + ":") || text.hasPrefix(start + "/")
        }
        guard isLocal || text.hasPrefix("https://"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            fault(key, "is an https address, or an http one of this machine, not \"\(text)\"")
            return nil
        }
        return text
    }
}

extension Configuration {
    /// A text, or nil where it is empty.
    func optional(_ key: String) -> String? {
        let text = text(key)
        return text.isEmpty ? nil : text
    }
}
