import Bytes
import JSON
public import PubSub
public import Reactor
public import Storage

/// People's watch-lists as the rest of the server uses them; any thread.
///
/// A list has a channel of its own, on which it is told as it is after each change; whoever listens to that gets the
/// prices of what it lists.
public struct WatchlistService: Sendable {
    private static let prefix = "watchlist:"

    /// The store.
    public let store: WatchlistRepository
    /// Bounds.
    public let settings: WatchlistSettings
    private let topics: Mailbox<TopicMail>

    /// A service over a store.
    public init(store: WatchlistRepository, topics: Mailbox<TopicMail>, settings: WatchlistSettings) {
        self.store = store
        self.topics = topics
        self.settings = settings
    }

    /// Those of some channels and patterns that are lists.
    public static func channels(among channels: [String]) -> [String] {
        channels.filter { StreamKind($0) == .watchlist }
    }

    /// The lists of channels, as who may listen to them needs them.
    ///
    /// - Returns: By channel; nil where one of them is none of this person's.
    public func lists(
        _ channels: [String], of person: PersonKey
    ) async throws(StorageError) -> [String: ChannelList]? {
        let ids = channels.map { String($0.dropFirst(WatchlistService.prefix.count)) }
        let records = try await store.lists(ids, of: person)
        var found: [String: ChannelList] = [:]
        for record in records { found[record.channel] = ChannelList(record.data, at: record.changedAt) }
        return found.count == Set(channels).count ? found : nil
    }

    /// Changes a person's list and tells it.
    ///
    /// - Parameter version: The one that is to be changed; nil for whichever it is.
    public func change(
        _ id: String, of person: PersonKey, at version: Int64?,
        _ change: @escaping @Sendable (inout WatchlistRecord) -> Void
    ) async throws(StorageError) -> WatchlistOutcome {
        let outcome = try await store.change(
            id, of: person, at: version, limit: settings.symbols, change)
        if case .done(let record) = outcome { tell(record.channel, record.data) }
        return outcome
    }

    /// Deletes a person's list: who listens hears that, and of its symbols no more.
    ///
    /// - Parameter version: The one that is to be deleted; nil for whichever it is.
    public func delete(
        _ id: String, of person: PersonKey, at version: Int64?
    ) async throws(StorageError) -> WatchlistOutcome {
        let outcome = try await store.delete(id, of: person, at: version)
        if case .done(let record) = outcome { tell(record.channel, record.end) }
        return outcome
    }

    private func tell(_ channel: String, _ data: [UInt8]) {
        topics.post(
            .publish(
                TopicPublication(channel: channel, data: data, publisher: "", clientID: nil, reply: .none)))
    }
}

extension WatchlistRecord {
    /// The channel on which it is told.
    fileprivate var channel: String { "watchlist:" + id }

    /// What that tells.
    fileprivate var data: [UInt8] {
        JSONWriter.object { writer in
            writer.field("name", name)
            writeSymbols(symbols, to: &writer)
            writer.field("version", version)
            writer.field("changed_at", changedAt.milliseconds)
        }
    }

    /// What it tells at the end.
    fileprivate var end: [UInt8] {
        JSONWriter.object(capacity: 64) { writer in
            writer.field("deleted", true)
            writeSymbols([], to: &writer)
            writer.field("version", version)
        }
    }

    private func writeSymbols(_ symbols: [String], to writer: inout JSONWriter) {
        writer.key("symbols")
        writer.beginArray()
        for symbol in symbols { writer.value(symbol) }
        writer.endArray()
    }
}
