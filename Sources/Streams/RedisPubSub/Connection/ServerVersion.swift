/// What a Redis must be.
enum ServerVersion {
    /// The oldest that has all that we use.
    static let oldest = (6, 2)
    /// The oldest whose clusters have channels that belong to a slot.
    static let oldestCluster = (7, 0)

    /// What is missing, by its answer to `INFO server`; nil where all is there.
    ///
    /// Valkey says the version of Redis that it is compatible with in the same field.
    static func lack(in info: String, isCluster: Bool = false) -> String? {
        let version = field("redis_version", in: info)
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
        guard numbers.count >= 2 else { return "it does not say its version" }
        let needed = isCluster ? oldestCluster : oldest
        guard (numbers[0], numbers[1]) >= needed else {
            let what = isCluster ? "a cluster for Stoa is" : "Stoa needs"
            return "it is version \(version), and \(what) \(needed.0).\(needed.1) or later"
        }
        return nil
    }

    /// What a server is, for people, by the same answer.
    static func name(in info: String) -> String {
        let valkey = field("valkey_version", in: info)
        return valkey.isEmpty ? "Redis \(field("redis_version", in: info))" : "Valkey \(valkey)"
    }

    /// A field of the answer to `INFO`; empty where it has none.
    static func field(_ name: String, in info: String) -> String {
        let line = info.split(whereSeparator: \.isNewline).last { $0.hasPrefix(name + ":") }
        return line.map { String($0.dropFirst(name.count + 1)) } ?? ""
    }
}
