import PubSub

/// Something that a service key may do; what none of its scopes covers, it may not.
public enum KeyScope: Hashable, Sendable {
    /// Read rooms: their settings, members and messages; join them and see what is said.
    case readRooms
    /// Change rooms and write in them.
    case writeRooms
    /// Tell what people have done, and do the work that waits for outside workers.
    case writeProgress
    /// Publish to topics that a pattern covers.
    case publish(String)
    /// Subscribe topics that a pattern covers.
    case subscribe(String)
    /// Do all that the operator may, the other scopes' deeds included.
    case admin

    /// How many a key may have.
    public static let limit = 32

    /// Reads a scope as it is written: `rooms:read`, `rooms:write`, `progress:write`, `publish:{pattern}`, `subscribe:{pattern}`, `admin`.
    public init?(_ text: String) {
        switch text {
        case "rooms:read": self = .readRooms
        case "rooms:write": self = .writeRooms
        case "progress:write": self = .writeProgress
        case "admin": self = .admin
        default:
            guard let colon = text.firstIndex(of: ":") else { return nil }
            let pattern = String(text[text.index(after: colon)...])
            guard TokenRules.isGrant(pattern), pattern.utf8.count <= 256 else { return nil }
            switch text[..<colon] {
            case "publish": self = .publish(pattern)
            case "subscribe": self = .subscribe(pattern)
            default: return nil
            }
        }
    }

    /// Whether it reaches rooms or the server, and not topics alone.
    public var isAboutRooms: Bool {
        switch self {
        case .readRooms, .writeRooms, .writeProgress, .admin: true
        case .publish, .subscribe: false
        }
    }

    /// As it is written.
    public var text: String {
        switch self {
        case .readRooms: "rooms:read"
        case .writeRooms: "rooms:write"
        case .writeProgress: "progress:write"
        case .publish(let pattern): "publish:" + pattern
        case .subscribe(let pattern): "subscribe:" + pattern
        case .admin: "admin"
        }
    }
}

/// What a service key's scopes come to.
public struct KeyScopes: Sendable {
    /// The scopes, each once, in the order in which they were given.
    public let all: [KeyScope]
    let subscribeGrants: [ChannelPattern]
    let publishGrants: [ChannelPattern]

    /// The scopes of a key.
    public init(_ scopes: [KeyScope]) {
        var seen: Set<KeyScope> = []
        all = scopes.filter { seen.insert($0).inserted }
        let isAdmin = scopes.contains(.admin)
        var (subscribe, publish) = isAdmin ? (["*"], ["*"]) : ([], [])
        for scope in scopes {
            switch scope {
            case .publish(let pattern): publish.append(pattern)
            case .subscribe(let pattern): subscribe.append(pattern)
            default: continue
            }
        }
        subscribeGrants = subscribe.map { ChannelPattern($0) }
        publishGrants = publish.map { ChannelPattern($0) }
    }

    /// Whether it covers a deed that is about rooms or the server; topics are for ``Principal/mayPublish(_:)``.
    public func allows(_ scope: KeyScope) -> Bool { all.contains(scope) || all.contains(.admin) }

    /// As the store keeps them.
    var text: String { all.map(\.text).joined(separator: " ") }

    /// Reads what the store keeps; a scope that this program does not know allows nothing.
    init(stored text: String) {
        self.init(text.split(separator: " ").compactMap { KeyScope(String($0)) })
    }
}
