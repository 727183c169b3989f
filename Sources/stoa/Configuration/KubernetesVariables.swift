/// What Kubernetes puts into the environment for services whose name begins with `stoa`, which are no settings.
///
/// For a service `stoa` with port 80 (`enableServiceLinks`): `STOA_SERVICE_HOST`, `STOA_SERVICE_PORT`,
/// `STOA_SERVICE_PORT_HTTP`, `STOA_PORT=tcp://10.0.0.1:80`, `STOA_PORT_80_TCP`, `STOA_PORT_80_TCP_PROTO`, `…_PORT`,
/// `…_ADDR`; likewise `STOA_METRICS_…` for one called `stoa-metrics`.
enum KubernetesVariables {
    private static let protocols = ["TCP", "UDP", "SCTP"]

    /// Whether a variable is one of them. No setting has such a name or, where it has, such a value.
    static func contains(_ name: String, _ value: String) -> Bool {
        if name.hasSuffix("_PORT"), protocols.contains(where: { value.hasPrefix($0.lowercased() + "://") }) {
            return true
        }
        if name.hasSuffix("_SERVICE_HOST") { return true }
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        if isServicePort(words) { return true }
        // STOA_PORT_80_TCP and what follows it.
        guard let port = words.lastIndex(of: "PORT", before: { Int($0) != nil }) else { return false }
        let rest = words[(port + 2)...]
        guard let first = rest.first, protocols.contains(String(first)) else { return false }
        return rest.count == 1 || rest.count == 2 && ["PROTO", "PORT", "ADDR"].contains(rest.last)
    }

    private static func isServicePort(_ words: [Substring]) -> Bool {
        words.indices.dropLast().contains { words[$0] == "SERVICE" && words[$0 + 1] == "PORT" }
    }
}

extension [Substring] {
    /// Where a word stands whose follower fits, looked for from the end.
    fileprivate func lastIndex(of word: Substring, before fits: (Substring) -> Bool) -> Int? {
        indices.dropLast().last { self[$0] == word && fits(self[$0 + 1]) }
    }
}
