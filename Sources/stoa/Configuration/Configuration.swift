import Glibc
import Settings

/// The effective settings, each with where it comes from: flags before variables before the file before the defaults.
struct Configuration {
    /// A setting's value and source.
    struct Value {
        let text: String
        let source: String
    }

    private var values: [String: Value] = [:]
    /// What is wrong with the sources: unknown keys, values out of bounds, lines that nobody can read.
    private(set) var faults: [String] = []
    /// Variables that look like ours and are Kubernetes' own.
    private(set) var passedOver: [String] = []

    /// Loads all sources; what is wrong with them is in ``faults``, all of it at once.
    ///
    /// - Parameters:
    ///   - file: The configuration file's path, or nil.
    ///   - variables: The environment.
    ///   - flags: Keys and values of the command line.
    init(file: String?, variables: [String: String], flags: [(key: String, value: String)]) {
        for setting in Setting.all { values[setting.key] = Value(text: setting.standard, source: "default") }
        if let file { load(SettingsFile(path: file)) }
        let byVariable = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0.key) })
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) where name.hasPrefix("STOA_") {
            if KubernetesVariables.contains(name, value) {
                passedOver.append(name)
            } else if let key = byVariable[name] {
                set(key, value, "variable \(name)")
            } else {
                fault("there is no setting for the variable \(name)\(Configuration.hint(name))")
            }
        }
        for flag in flags {
            set(flag.key, flag.value, "flag \(Setting.byKey[flag.key]?.flag ?? flag.key)")
        }
    }

    private mutating func load(_ file: SettingsFile) {
        for fault in file.faults { self.fault(fault) }
        for entry in file.entries { set(entry.key, entry.value, "\(file.path), line \(entry.line)") }
    }

    private mutating func set(_ key: String, _ value: String, _ source: String) {
        guard let setting = Setting.byKey[key] else {
            return fault("there is no setting \"\(key)\" (\(source))\(Configuration.hint(key))")
        }
        if let fault = setting.fault(of: value) {
            let shown = setting.isSecret ? "" : ", not \"\(value)\""
            return self.fault("\(key) \(fault)\(shown) (\(source))")
        }
        values[key] = Value(text: value, source: source)
    }

    /// Notes what is wrong with a source.
    mutating func fault(_ words: String) { faults.append(words) }

    private static func hint(_ name: String) -> String {
        let wanted = name.lowercased().drop { $0 != "_" }.filter { $0.isLetter }
        let plain = name.lowercased().filter { $0.isLetter }
        let near = Setting.all.first { setting in
            let key = setting.key.filter { $0.isLetter }
            return key == wanted || key.hasSuffix(plain) || plain.hasSuffix(key) && key.count > 4
        }
        return near.map { "; did you mean \($0.key)?" } ?? ""
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
