import Bytes
import PostgresStorage
import SQLiteStorage
import Storage
import Synchronization

/// What the store costs: appended messages a second in batches, and a join's one read.
@main
enum StoreBench {
    final class Counter: MessageLogDelegate {
        let count = Atomic<Int>(0)
        let failures = Atomic<Int>(0)
        let batches = Atomic<Int>(0)

        func committed(_ results: [AppendResult]) {
            batches.add(1, ordering: .relaxed)
            for result in results {
                guard case .appended = result.outcome else {
                    failures.add(1, ordering: .relaxed)
                    continue
                }
            }
            count.add(results.count, ordering: .relaxed)
        }
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "bare" { return try await bare(Array(arguments.dropFirst())) }
        if arguments.first == "postgres" { return try await postgres(Array(arguments.dropFirst())) }
        if arguments.first == "alerts" { return try await alerts(Array(arguments.dropFirst())) }
        let directory = arguments.first ?? "/dev/shm/stoa-store-bench"
        let database = try await SQLiteDatabase.open(directory: directory)
        try await appends(database, batch: 64)
        try await appends(database, batch: 512)
        try await joins(database)
        await database.close()
    }

    /// `bare DIRECTORY ROOMS GROUP`: the loop that a store is measured against; the directory must be a new one.
    static func bare(_ arguments: [String]) async throws {
        guard arguments.count == 3, let rooms = Int(arguments[1]), let group = Int(arguments[2]), rooms > 0,
            group > 0
        else {
            throw BareLoop.Failure(words: "usage: stoa-store-bench bare DIRECTORY ROOMS GROUP")
        }
        let rate = try await BareLoop.measure(directory: arguments[0], rooms: rooms, group: group)
        print("messages/s: \(Int(rate))")
    }

    /// `postgres CONNECTION [BATCH [MESSAGES]]`: the same on PostgreSQL, in an empty database; with a batch only its
    /// appends.
    static func postgres(_ arguments: [String]) async throws {
        guard let connection = arguments.first else {
            throw BareLoop.Failure(words: "usage: stoa-store-bench postgres CONNECTION [BATCH [MESSAGES]]")
        }
        let database = try await PostgresDatabase.open(PostgresOptions(connection: connection))
        if arguments.count > 1, let batch = Int(arguments[1]), batch > 0 {
            let total = arguments.count > 2 ? Int(arguments[2]) : nil
            try await appends(database, batch: batch, total: total ?? min(40_000, batch * 1000))
        } else {
            try await appends(database, batch: 64)
            try await appends(database, batch: 512)
            try await joins(database)
        }
        await database.close()
    }

    /// `alerts DIRECTORY COUNT`: makes so many alerts of as many people on 5,000 symbols, for a server to start with.
    static func alerts(_ arguments: [String]) async throws {
        guard arguments.count == 2, let count = Int(arguments[1]), count > 0 else {
            throw BareLoop.Failure(words: "usage: stoa-store-bench alerts DIRECTORY COUNT")
        }
        let database = try await SQLiteDatabase.open(directory: arguments[0])
        for first in stride(from: 0, to: count, by: 10_000) {
            let comparisons = [">=", "<=", ">", "<", "crosses"]
            let rows: [[DatabaseValue]] = (first..<min(first + 10_000, count)).map { index in
                [
                    .text(Identifier.uuid()), .text("u_\(index)"), .text("S\(index % 5000)"),
                    .text(comparisons[index % 5]), .text("\(index % 997).25"),
                ]
            }
            try await database.write { (transaction) async throws(StorageError) in
                try await transaction.execute(
                    """
                    INSERT INTO alerts (id, tenant_id, user_id, kind, subject, operator, value, repeat, cooldown, note,
                        active, made_at, trigger_count, armed_seq)
                    VALUES ($1, 'default', $2, 'price', $3, $4, $5, 'on_crossing', 0, '', 1, 1795301963997, 0, 0)
                    """, rows)
            }
        }
        await database.close()
    }

    static let text =
        "The derivative of a composite function is the product of derivatives; see the third exercise, café 数学 🎉"

    static func appends(_ database: any Database, batch: Int, total: Int = 40_000) async throws {
        var limits = MessageLogLimits()
        limits.appendsPerTransaction = batch
        limits.queuedAppends = total
        let rooms = RoomRepository(database: database)
        var ids: [String] = []
        for index in 0..<20 {
            ids.append(
                try await rooms.create(
                    RoomRecord(name: "Room \(index)", creatorID: "ann"), creatorName: "Ann"
                ).room.id)
        }
        let log = MessageLog(database: database, limits: limits)
        let counter = Counter()
        log.setDelegate(counter)
        // Made before: people's typing is none of the store's work.
        let requests = (0..<total).map { index in
            let message = NewMessage(
                id: Identifier.uuid(), content: "\(index) \(text)", clientID: "client-\(index)")
            return AppendRequest(
                room: ids[index % ids.count], actor: Author(id: "user-\(index % 50)", name: "Person"),
                act: .message(message), ticket: UInt64(index))
        }
        let start = ContinuousClock.now
        let processor = processorTime()
        for request in requests { if !log.append(request) { print("refused") } }
        await log.drain()
        let wall = ContinuousClock.now - start
        let spent = processorTime() - processor
        let batches = counter.batches.load(ordering: .relaxed)
        print(
            "appends, at most \(batch) a transaction: \(rate(total, wall)) messages/s,",
            "\(spent / Double(total) * 1e6) µs CPU each, \(batches) transactions,",
            "\(counter.failures.load(ordering: .relaxed)) failures")
    }

    static func joins(_ database: any Database, total: Int = 20_000) async throws {
        let rooms = RoomRepository(database: database)
        let messages = MessageRepository(database: database)
        let page = try await rooms.list(limit: 1, visibleTo: "ann")
        guard let room = page.items.first else { return }
        for index in 0..<100 {
            _ = try await rooms.join(room.id, user: "user-\(index)", name: "Person")
            _ = try await messages.setReadMarker(room: room.id, user: "user-\(index)", seq: room.seq - 20)
        }
        for (name, history, after) in [
            ("plain", 0, nil), ("20 missed", 0, ReplayPosition(epoch: room.epoch, seq: room.seq - 20)),
            ("history of 50", 50, nil),
        ] {
            let start = ContinuousClock.now
            let processor = processorTime()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<total {
                    group.addTask {
                        _ = try await rooms.joinView(
                            room: room.id, user: "user-\(index % 100)", history: history, after: after)
                    }
                }
                try await group.waitForAll()
            }
            let wall = ContinuousClock.now - start
            let spent = processorTime() - processor
            print(
                "join, \(name): \(rate(total, wall)) joins/s, \(spent / Double(total) * 1e6) µs CPU each")
        }
    }

    static func rate(_ count: Int, _ wall: Duration) -> Int {
        Int(Double(count) / (Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18))
    }

    /// This process' CPU seconds.
    static func processorTime() -> Double { ProcessorClock.seconds() }
}
