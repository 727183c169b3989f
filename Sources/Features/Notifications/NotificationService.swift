public import Bytes
import JSON
public import Jobs
public import PubSub
public import Reactor
public import Storage
public import TimeZones

/// Tells people what they want to know: kept until it is read, and pushed to all their connections while they are there.
///
/// A notification is kept in the transaction of whatever it tells of, with a job that pushes it. So none is lost in a
/// crash, and none is kept twice; the push may come twice around a crash, with the same `notification_id`.
public final class NotificationService: Sendable {
    /// The kind of the jobs that push.
    static let job = "notification"

    /// The time zones that there are.
    public let zones: TimeZoneFolder
    let repository: NotificationRepository
    private let database: any Database
    private let topics: Mailbox<TopicMail>
    private let jobs: JobRunner
    private let settings: NotificationSettings

    /// The service over a store, whose jobs the runner does.
    public init(
        _ database: any Database, topics: Mailbox<TopicMail>, jobs: JobRunner, zones: TimeZoneFolder,
        settings: NotificationSettings
    ) {
        self.database = database
        self.topics = topics
        self.jobs = jobs
        self.zones = zones
        self.settings = settings
        repository = NotificationRepository(database: database)
        jobs.handle(NotificationService.job, inOrder: true) { [weak self] job in
            try await self?.push(job)
            return nil
        }
    }

    // MARK: Telling

    /// Tells people something, each once by its key.
    ///
    /// - Returns: Those that are new.
    @discardableResult public func notify(
        _ drafts: [NotificationDraft]
    ) async throws(StorageError) -> [NotificationRecord] {
        let new = try await database.write { [self] (transaction) async throws(StorageError) in
            try await store(drafts, in: transaction)
        }
        stored()
        return new
    }

    /// Keeps what people are to be told, inside the transaction of whatever it tells of. When that is durable,
    /// ``stored()`` is called.
    ///
    /// - Returns: Those that are new.
    @discardableResult public func store(
        _ drafts: [NotificationDraft], in transaction: any Queryable
    ) async throws(StorageError) -> [NotificationRecord] {
        let people = Set(drafts.map(\.record.person))
        let preferences = try await NotificationRepository.preferences(of: people, in: transaction)
        let records = drafts.map { draft in
            var record = draft.record
            record.isSilent = preferences[record.person].map { isSilent(record, $0) } ?? false
            return record
        }
        let new = try await NotificationRepository.add(records, limit: settings.limit, in: transaction)
        let events = Dictionary(
            drafts.map { ($0.record.id, $0.event) }, uniquingKeysWith: { first, _ in first })
        let pushes = new.compactMap { record -> NewJob? in
            let event = events[record.id] ?? nil
            guard event != nil || !record.isSilent else { return nil }
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("id", record.id)
            writer.field("event", ifPresent: event)
            writer.endObject()
            return NewJob(
                NotificationService.job, key: record.id, payload: writer.text(), about: record.person)
        }
        try await JobRepository.enqueue(pushes, in: transaction)
        return new
    }

    /// What was kept is durable: it is pushed now. May be called from any thread.
    public func stored() { jobs.wake() }

    private func isSilent(_ record: NotificationRecord, _ preferences: PreferencesRecord) -> Bool {
        if preferences.muted.contains(record.kind) { return true }
        guard let hours = preferences.quietHours else { return false }
        // A zone that this system has lost counts as UTC.
        let zone = zones.zone(preferences.timeZone) ?? .utc
        return hours.contains(zone.minuteOfDay(at: record.at))
    }

    // MARK: Pushing

    private func push(_ job: JobRecord) async throws {
        let payload = try JSONValue(parsing: job.payload)
        guard let id = payload["id"]?.string, let person = job.person,
            let (record, unread) = try await repository.notification(id, of: person)
        else { return }
        if let event = payload["event"]?.string { try push(event, record) }
        guard !record.isSilent, record.readAt == nil else { return }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("notification_id", record.id)
        record.writeMembers(to: &writer)
        writer.field("unread", unread)
        writer.endObject()
        push(to: person, "notification", writer)
    }

    private func push(_ event: String, _ record: NotificationRecord) throws {
        let data = try JSONValue(parsing: record.data)
        var writer = JSONWriter()
        writer.beginObject()
        for member in data.object ?? [] {
            writer.key(dynamic: member.name)
            member.value.write(to: &writer)
        }
        writer.field("notification_id", record.id)
        writer.field("silent", record.isSilent)
        writer.endObject()
        push(to: record.person, event, writer)
    }

    private func push(to person: PersonKey, _ type: String, _ writer: borrowing JSONWriter) {
        let object = writer.span
        topics.post(
            .notify(
                user: person.inbox, type: type,
                members: [UInt8](object.extracting(1..<(object.count - 1)))))
    }

    // MARK: Reading

    /// A person's notifications, newest first, and how many they have not read.
    public func list(
        of person: PersonKey, unread isUnread: Bool, cursor: String?, limit: Int
    ) async throws(StorageError) -> (page: Page<NotificationRecord>, unread: Int) {
        try await repository.list(of: person, unread: isUnread, cursor: cursor, limit: limit)
    }

    /// Marks notifications as read, on all of the person's connections.
    ///
    /// - Parameters:
    ///   - ids: Which ones.
    ///   - last: And all up to this one.
    /// - Returns: How many are unread still.
    public func markRead(
        of person: PersonKey, ids: [String], upTo last: String?
    ) async throws(StorageError) -> Int {
        let count = try await repository.markRead(of: person, ids: ids, upTo: last)
        let unread = try await repository.unread(of: person)
        guard count > 0 else { return unread }
        var writer = JSONWriter()
        writer.beginObject()
        if !ids.isEmpty {
            writer.key("ids")
            writer.beginArray()
            for id in ids { writer.value(id) }
            writer.endArray()
        }
        writer.field("until", ifPresent: last)
        writer.field("unread", unread)
        writer.endObject()
        push(to: person, "notification_read", writer)
        return unread
    }

    /// What a person wants.
    public func preferences(of person: PersonKey) async throws(StorageError) -> PreferencesRecord {
        try await repository.preferences(of: person)
    }

    /// Keeps what a person wants.
    public func set(
        _ preferences: PreferencesRecord, for person: PersonKey
    ) async throws(StorageError) {
        try await repository.set(preferences, for: person)
    }

    /// Deletes what is older than notifications are kept.
    public func forgetOld(now: Timestamp = .now()) async throws(StorageError) {
        guard settings.retentionDays > 0 else { return }
        let age = Int64(settings.retentionDays) * 86_400_000
        let cutoff = Timestamp(milliseconds: now.milliseconds - age)
        while try await repository.forget(before: cutoff) == 500 {}
    }
}
