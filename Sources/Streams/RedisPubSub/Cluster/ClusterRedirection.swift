/// What a member of a cluster answers where it is not the one to ask (Redis Cluster specification, "MOVED redirection",
/// "ASK redirection").
enum ClusterRedirection: Equatable {
    /// The slot is elsewhere from now on; the host is empty where it is the one that was asked.
    case moved(host: String, port: UInt16)
    /// This key is elsewhere, since its slot is on its way there.
    case ask(host: String, port: UInt16)
    /// Some keys of the step are here, some elsewhere.
    case tryAgain
    /// Nobody has the slot at present.
    case unserved
    /// The cluster takes no commands at present, or this member does not.
    case down

    /// Reads an error; nil where it is another one.
    init?(_ words: String) {
        let parts = words.split(separator: " ")
        switch parts.first {
        case "TRYAGAIN": self = .tryAgain
        case "CLUSTERDOWN" where words.contains("slot not served"): self = .unserved
        case "CLUSTERDOWN", "MASTERDOWN", "LOADING": self = .down
        case "MOVED", "ASK":
            guard parts.count >= 3, let colon = parts[2].lastIndex(of: ":"),
                let port = UInt16(parts[2][parts[2].index(after: colon)...])
            else { return nil }
            let host = String(parts[2][..<colon])
            self = parts[0] == "ASK" ? .ask(host: host, port: port) : .moved(host: host, port: port)
        default: return nil
        }
    }
}
