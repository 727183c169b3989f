import Bytes
import Foundation
import SQLiteStorage
import Storage
import Synchronization

/// A directory that is deleted with its last owner.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() {
        path = FileManager.default.temporaryDirectory.path + "/stoa-" + Identifier.uuid()
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A store of its own for one test, with its repositories and a log whose results can be awaited.
public final class TestStore: Sendable {
    public let directory: TemporaryDirectory
    public let database: any Database
    public let rooms: RoomRepository
    public let messages: MessageRepository
    public let log: MessageLog
    public let results = ResultBook()

    /// Opens a new store; the drivers' tests of what they have in common call only this.
    public static func open(
        on driver: StoreDriver = .sqlite, limits: MessageLogLimits = MessageLogLimits()
    ) async throws -> TestStore {
        let directory = TemporaryDirectory()
        let database: any Database
        switch driver {
        case .sqlite: database = try await SQLiteDatabase.open(directory: directory.path)
        case .postgres: database = try await PostgresStores.shared.open()
        }
        return TestStore(directory, database, limits)
    }

    public init(
        _ directory: TemporaryDirectory, _ database: any Database,
        _ limits: MessageLogLimits = MessageLogLimits()
    ) {
        self.directory = directory
        self.database = database
        rooms = RoomRepository(database: database)
        messages = MessageRepository(database: database)
        log = MessageLog(database: database, limits: limits)
        log.setDelegate(results)
    }

    /// Holds a room, and where writes go one by one all of them, until the gate opens.
    public func hold(_ room: String, at gate: Gate) async throws {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("UPDATE rooms SET seq = seq WHERE id = $1", [.text(room)])
            await gate.wait()
        }
    }

    /// Has Ann say all of these in one transaction, and returns what became of them.
    public func appendTogether(_ messages: [NewMessage], in room: String) async throws -> [AppendOutcome] {
        let before = results.all.count
        let gate = Gate()
        async let blocked: Void = hold(room, at: gate)
        await gate.entered()
        for message in messages {
            let request = AppendRequest(
                room: room, actor: Author(id: "ann", name: "Ann"), act: .message(message),
                ticket: results.newTicket())
            guard log.append(request) else { throw UnexpectedOutcome(outcome: .failed(.unavailable("full"))) }
        }
        gate.open()
        try await blocked
        await log.drain()
        return results.all.dropFirst(before).map(\.outcome)
    }

    /// Makes a public room of Ann's.
    public func room(_ name: String = "Algebra") async throws -> String {
        try await rooms.create(RoomRecord(name: name, creatorID: "ann"), creatorName: "Ann").room.id
    }

    /// Appends an act and awaits what became of it.
    public func perform(
        _ act: Act, by user: String = "ann", in room: String, at: Timestamp = .now()
    ) async -> AppendOutcome {
        let request = AppendRequest(
            room: room, actor: Author(id: user, name: user.capitalized), act: act,
            ticket: results.newTicket(),
            at: at)
        guard log.append(request) else { return .failed(.unavailable("queue full")) }
        return await results.outcome(of: request.ticket)
    }

    /// Says something and returns its record.
    @discardableResult
    public func say(
        _ text: String, by user: String = "ann", in room: String, replyTo: String? = nil,
        mentions: [String] = [],
        clientID: String? = nil, at: Timestamp = .now()
    ) async throws -> MessageRecord {
        let message = NewMessage(
            id: Identifier.uuid(), content: text, replyTo: replyTo, mentions: mentions, clientID: clientID)
        let outcome = await perform(.message(message), by: user, in: room, at: at)
        guard case .appended(let event) = outcome, case .message(let record) = event.body else {
            throw UnexpectedOutcome(outcome: outcome)
        }
        return record
    }
}

public struct UnexpectedOutcome: Error {
    public let outcome: AppendOutcome
}

/// Collects a log's results, in the order in which they come.
public final class ResultBook: MessageLogDelegate {
    private struct State {
        var ticket: UInt64 = 0
        var all: [AppendResult] = []
        var byTicket: [UInt64: AppendOutcome] = [:]
        var waiting: [UInt64: CheckedContinuation<AppendOutcome, Never>] = [:]
        var batches = 0
    }

    private let state = Mutex(State())

    public init() {}

    public func newTicket() -> UInt64 {
        state.withLock {
            $0.ticket += 1
            return $0.ticket
        }
    }

    /// All results so far.
    public var all: [AppendResult] { state.withLock { $0.all } }

    /// How many transactions have been reported.
    public var batches: Int { state.withLock { $0.batches } }

    public func committed(_ results: [AppendResult]) {
        let resumptions = state.withLock { state in
            state.batches += 1
            state.all += results
            return results.compactMap { result in
                state.byTicket[result.ticket] = result.outcome
                return state.waiting.removeValue(forKey: result.ticket).map { ($0, result.outcome) }
            }
        }
        for (continuation, outcome) in resumptions { continuation.resume(returning: outcome) }
    }

    public func outcome(of ticket: UInt64) async -> AppendOutcome {
        await withCheckedContinuation { continuation in
            let known = state.withLock { state -> AppendOutcome? in
                if let outcome = state.byTicket[ticket] { return outcome }
                state.waiting[ticket] = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}

extension AppendOutcome {
    /// The event's seq, where there is one.
    public var seq: Int64? {
        if case .appended(let event) = self { return event.seq }
        return nil
    }
}
