import Glibc

/// The effective settings, each with where it comes from: flags before variables before the file before the defaults.
struct Configuration {
    /// A setting's value and source.
    struct Value {
        let text: String
        let source: String
    }

    private var values: [String: Value] = [:]

    /// Loads and checks all sources.
    ///
    /// - Parameters:
    ///   - file: The configuration file's path, or nil.
    ///   - variables: The environment.
    ///   - flags: Keys and values of the command line.
    /// - Throws: ``ConfigurationError`` for an unknown key or a value out of bounds, naming key, source and bound.
    init(
        file: String?, variables: [String: String], flags: [(key: String, value: String)]
    ) throws(ConfigurationError) {
        for setting in Setting.all { values[setting.key] = Value(text: setting.standard, source: "default") }
        if let file {
            for entry in try SettingsFile.read(file) {
                try set(entry.key, entry.value, "\(file), line \(entry.line)")
            }
        }
        let byVariable = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0.key) })
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) where name.hasPrefix("STOA_") {
            guard let key = byVariable[name] else {
                throw ConfigurationError(
                    "there is no setting for the variable \(name)\(Configuration.hint(name))")
            }
            try set(key, value, "variable \(name)")
        }
        for flag in flags {
            try set(flag.key, flag.value, "flag \(Setting.byKey[flag.key]?.flag ?? flag.key)")
        }
        try checkTogether()
    }

    private mutating func set(_ key: String, _ value: String, _ source: String) throws(ConfigurationError) {
        guard let setting = Setting.byKey[key] else {
            throw ConfigurationError("there is no setting \"\(key)\" (\(source))\(Configuration.hint(key))")
        }
        if let fault = setting.fault(of: value) {
            let shown = setting.isSecret ? "" : ", not \"\(value)\""
            throw ConfigurationError("\(key) \(fault)\(shown) (\(source))")
        }
        values[key] = Value(text: value, source: source)
    }

    private static func hint(_ name: String) -> String {
        let wanted = name.lowercased().drop { $0 != "_" }.filter { $0.isLetter }
        let plain = name.lowercased().filter { $0.isLetter }
        let near = Setting.all.first { setting in
            let key = setting.key.filter { $0.isLetter }
            return key == wanted || key.hasSuffix(plain) || plain.hasSuffix(key) && key.count > 4
        }
        return near.map { "; did you mean \($0.key)?" } ?? ""
    }

    private func checkTogether() throws(ConfigurationError) {
        for secret in list("jwt.secret") where secret.utf8.count < 32 {
            throw ConfigurationError(
                "jwt.secret has at least 32 bytes; one of \(secret.utf8.count) is too easy to guess (\(source("jwt.secret")))"
            )
        }
        guard list("tls.certificate").count == list("tls.key").count else {
            throw ConfigurationError("tls.certificate and tls.key have as many files as each other")
        }
        guard flag("dev") || !list("jwt.secret").isEmpty else {
            throw ConfigurationError("jwt.secret is needed to verify tokens; to try the server, use --dev")
        }
    }

    // MARK: Values

    func text(_ key: String) -> String { values[key]?.text ?? "" }
    func source(_ key: String) -> String { values[key]?.source ?? "default" }
    func flag(_ key: String) -> Bool { text(key) == "true" }
    func integer(_ key: String) -> Int64 { Int64(text(key)) ?? 0 }
    func int(_ key: String) -> Int { Int(integer(key)) }

    func list(_ key: String) -> [String] {
        text(key).split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// The process' environment.
    static func environment() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { variables[String(pair[0])] = String(pair[1]) }
            unsafe entry += 1
        }
        return variables
    }
}
