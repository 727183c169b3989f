import Bytes
import CSQLite
import SQLiteStorage
import Storage

/// What SQLite commits when a loop does nothing but insert: the rows of the store in the store's schema, prepared
/// statements, as many messages to a transaction as asked for, synchronous=FULL. No queue, no threads, no search
/// index: the least that any store on SQLite does.
@safe struct BareLoop: ~Copyable {
    private let rooms: [String]
    private let group: Int
    private let handle: OpaquePointer
    private let insertEvent: OpaquePointer
    private let insertKey: OpaquePointer
    private let updateRoom: OpaquePointer
    private var sequences: [Int64]
    private var committed = 0

    /// The same settings as the store's writer, but for SQLite's own checkpoints, which need no thread.
    private static let settings = """
        PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -65536
        """

    /// Makes a store with rooms, opens its file and commits for a few seconds.
    ///
    /// - Returns: Messages a second that it committed.
    static func measure(directory: String, rooms count: Int, group: Int) async throws -> Double {
        let database = try await SQLiteDatabase.open(directory: directory)
        let repository = RoomRepository(database: database)
        var rooms: [String] = []
        for index in 0..<count {
            let record = RoomRecord(name: "Room \(index)", creatorID: "u_owner")
            rooms.append(try await repository.create(record, creatorName: "Owner").room.id)
        }
        await database.close()
        return try measure(path: directory + "/stoa.db", rooms: rooms, group: group)
    }

    // Not async: a value that cannot be copied must not live across an await.
    private static func measure(path: String, rooms: [String], group: Int) throws -> Double {
        var loop = try BareLoop(path: path, rooms: rooms, group: group)
        _ = try loop.run(for: .milliseconds(500))
        return try loop.run(for: .seconds(4))
    }

    private init(path: String, rooms: [String], group: Int) throws {
        let opened = try unsafe BareLoop.open(path)
        let event = try unsafe BareLoop.prepare(
            """
            INSERT INTO events (tenant_id, room_id, seq, kind, at, actor_id, actor_name, actor_bot, message_id,
                message_type, content, client_id)
            VALUES ('default', ?1, ?2, 0, ?3, ?4, ?5, 0, ?6, 'text', ?7, ?8)
            """, opened)
        let key = try unsafe BareLoop.prepare(
            """
            INSERT INTO message_keys (tenant_id, room_id, author_id, client_id, seq, message_id, at)
            VALUES ('default', ?1, ?2, ?3, ?4, ?5, ?6)
            """, opened)
        let room = try unsafe BareLoop.prepare(
            "UPDATE rooms SET seq = ?2 WHERE tenant_id = 'default' AND id = ?1", opened)
        self.rooms = rooms
        self.group = group
        sequences = Array(repeating: 0, count: rooms.count)
        unsafe handle = opened
        unsafe insertEvent = event
        unsafe insertKey = key
        unsafe updateRoom = room
    }

    deinit {
        unsafe sqlite3_finalize(insertEvent)
        unsafe sqlite3_finalize(insertKey)
        unsafe sqlite3_finalize(updateRoom)
        unsafe sqlite3_close_v2(handle)
    }

    struct Failure: Error { let words: String }

    private static func open(_ path: String) throws -> OpaquePointer {
        var opened: OpaquePointer?
        guard unsafe sqlite3_open(path, &opened) == SQLITE_OK, let opened = unsafe opened else {
            throw Failure(words: "cannot open \(path)")
        }
        unsafe sqlite3_exec(opened, settings, nil, nil, nil)
        return unsafe opened
    }

    private static func prepare(_ sql: String, _ handle: OpaquePointer) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK,
            let statement = unsafe statement
        else { throw Failure(words: unsafe String(cString: sqlite3_errmsg(handle))) }
        return unsafe statement
    }

    /// Commits for so long.
    ///
    /// - Returns: Messages a second.
    mutating func run(for duration: Duration) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let first = committed
        while start.duration(to: clock.now) < duration {
            try execute("BEGIN IMMEDIATE")
            for number in committed..<committed + group { try insert(number) }
            try execute("COMMIT")
            committed += group
        }
        return Double(committed - first) / (start.duration(to: clock.now) / .seconds(1))
    }

    private mutating func insert(_ number: Int) throws {
        let room = number % rooms.count
        sequences[room] += 1
        let now = Timestamp.now().milliseconds
        let person = "u_\(number % (rooms.count * 2))"
        let id = Identifier.uuid()
        let client = "3f2a-\(number)"
        try unsafe step(
            insertEvent,
            [
                .text(rooms[room]), .integer(sequences[room]), .integer(now), .text(person),
                .text("Person \(number)"), .text(id), .text(BareLoop.content), .text(client),
            ])
        try unsafe step(
            insertKey,
            [
                .text(rooms[room]), .text(person), .text(client), .integer(sequences[room]), .text(id),
                .integer(now),
            ])
        try unsafe step(updateRoom, [.text(rooms[room]), .integer(sequences[room])])
    }

    /// As many bytes as the load's payload.
    private static let content = String(repeating: "ABCDEFGHIJKLMNOP", count: 8)

    private func step(_ statement: OpaquePointer, _ values: [DatabaseValue]) throws {
        for (index, value) in values.enumerated() {
            switch value {
            case .text(let text):
                unsafe stoa_sqlite3_bind_text(statement, CInt(index + 1), text, CInt(text.utf8.count))
            case .integer(let number): unsafe sqlite3_bind_int64(statement, CInt(index + 1), number)
            default: unsafe sqlite3_bind_null(statement, CInt(index + 1))
            }
        }
        let code = unsafe sqlite3_step(statement)
        unsafe sqlite3_reset(statement)
        guard code == SQLITE_DONE else {
            throw Failure(words: unsafe String(cString: sqlite3_errmsg(handle)))
        }
    }

    private func execute(_ sql: String) throws {
        guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else {
            throw Failure(words: unsafe String(cString: sqlite3_errmsg(handle)))
        }
    }
}
