import Storage
import Synchronization

/// Who may read which portfolio, in memory: a subscription is judged without waiting, and anew on the topics' loop.
public final class PortfolioAccess: Sendable {
    static let prefix = "portfolio:"

    // By channel, the inboxes of those who may read it.
    private let readers = Mutex<[String: Set<String>]>([:])

    /// A table of nobody.
    public init() {}

    /// The channel of a portfolio.
    public static func channel(_ id: String) -> String { prefix + id }

    /// The portfolio of a channel; nil for other channels.
    static func id(_ channel: String) -> String? {
        channel.utf8.starts(with: prefix.utf8) ? String(channel.dropFirst(prefix.count)) : nil
    }

    /// Whose tenant a portfolio belongs to, as one of its readers does.
    func tenant(of id: String) -> String {
        let inbox = readers.withLock { $0[PortfolioAccess.channel(id)]?.first } ?? ""
        return inbox.split(separator: " ").count > 1
            ? String(inbox.prefix { $0 != " " }) : PersonKey.homeTenant
    }

    /// Whether somebody may read a channel.
    ///
    /// - Parameter inbox: As of `Principal.inbox`.
    public func allows(_ channel: String, _ inbox: String) -> Bool {
        readers.withLock { $0[channel]?.contains(inbox) ?? false }
    }

    /// Takes over who may read a portfolio, or that there is none any more.
    ///
    /// - Returns: Those who may not any more.
    func set(_ record: PortfolioRecord?, _ id: String) -> Set<String> {
        let allowed = record.map(PortfolioAccess.inboxes) ?? []
        return readers.withLock { readers in
            let before = readers[PortfolioAccess.channel(id)] ?? []
            readers[PortfolioAccess.channel(id)] = allowed.isEmpty ? nil : allowed
            return before.subtracting(allowed)
        }
    }

    /// Takes over all of it.
    ///
    /// - Returns: By channel those who may not read it any more.
    func replace(_ all: [(tenant: String, portfolio: String, user: String)]) -> [String: Set<String>] {
        var now: [String: Set<String>] = [:]
        for entry in all {
            let person = PersonKey(tenant: entry.tenant, user: entry.user)
            now[PortfolioAccess.channel(entry.portfolio), default: []].insert(person.inbox)
        }
        return readers.withLock { readers in
            defer { readers = now }
            var lost: [String: Set<String>] = [:]
            for (channel, before) in readers {
                let gone = before.subtracting(now[channel] ?? [])
                if !gone.isEmpty { lost[channel] = gone }
            }
            return lost
        }
    }

    private static func inboxes(_ record: PortfolioRecord) -> Set<String> {
        let tenant = record.owner.tenant
        return Set(
            ([record.owner.user] + record.readers).map { PersonKey(tenant: tenant, user: $0).inbox })
    }
}
