import Bytes
import Storage

/// Which leaderboard.
public enum BoardName: Hashable, Sendable {
    /// Of all time.
    case global
    /// Of the month that it is, by UTC.
    case month
    /// What was earned in a room.
    case room(String)

    private static let channelPrefix = "leaderboard:"

    /// Reads the name of a channel: `leaderboard:global`, `leaderboard:month`, `leaderboard:{room}`.
    public init?(channel: String) {
        let prefix = BoardName.channelPrefix
        guard channel.hasPrefix(prefix) else { return nil }
        switch channel.dropFirst(prefix.count) {
        case "global": self = .global
        case "month": self = .month
        case let room:
            guard Identifier.isUUID(String(room)) else { return nil }
            self = .room(String(room))
        }
    }

    /// Reads a name as paths have it: `global`, `month`, `room:{room}`.
    public init?(path: String) {
        if path == "global" || path == "month" {
            self.init(channel: BoardName.channelPrefix + path)
            return
        }
        guard path.hasPrefix("room:") else { return nil }
        self.init(channel: BoardName.channelPrefix + path.dropFirst("room:".count))
    }

    /// The room whose it is; nil for those of everybody.
    public var room: String? {
        guard case .room(let id) = self else { return nil }
        return id
    }

    /// As channels have it behind the colon.
    public var text: String {
        switch self {
        case .global: "global"
        case .month: "month"
        case .room(let id): id
        }
    }

    /// Its channel.
    public var channel: String { BoardName.channelPrefix + text }

    /// What the store calls it at a moment.
    func key(at now: Timestamp) -> String {
        switch self {
        case .global: ""
        case .month: LedgerRecord.month(of: now)
        case .room(let id): "room:" + id
        }
    }
}
