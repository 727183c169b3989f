import Bytes
import Foundation
import SQLiteStorage
import Storage
import StoreTesting
import Testing

@Suite("What is acknowledged is durable")
struct DurabilityTests {
    @Test(
        "files copied at any moment, as a kill would leave them, hold every acknowledged message (invariant 2)"
    )
    func copiedFiles() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        let copies = TemporaryDirectory()
        let writers = Task {
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask {
                        var number = 0
                        while !Task.isCancelled {
                            number += 1
                            let message = NewMessage(
                                id: Identifier.uuid(), content: "\(writer): \(number)", clientID: "\(number)")
                            _ = await store.perform(.message(message), by: "u\(writer)", in: room)
                        }
                    }
                }
            }
        }
        for round in 0..<10 {
            // Let some go through between two copies.
            let seen = store.results.all.count
            while store.results.all.count < seen + 20 { await Task.yield() }
            let acknowledged = store.results.all.compactMap(\.outcome.seq).max() ?? 0
            let copy = copies.path + "/\(round)"
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
            // The database does not change here, since no checkpoint is due: only the log grows.
            for name in ["stoa.db", "stoa.db-wal"] {
                try FileManager.default.copyItem(
                    atPath: store.directory.path + "/" + name, toPath: copy + "/" + name)
            }
            let reopened = try await SQLiteDatabase.open(directory: copy)
            let messages = MessageRepository(database: reopened)
            let seqs = try await messages.events(room: room, after: 0, limit: 100_000).map(\.seq)
            let head = try await RoomRepository(database: reopened).head(room)?.seq
            #expect(seqs.count >= Int(acknowledged))
            #expect(seqs == Array(1...Int64(seqs.count)))
            #expect(head == seqs.last)
            await reopened.close()
        }
        writers.cancel()
        await writers.value
    }

    @Test("closing finishes what was taken and leaves one file")
    func close() async throws {
        let store = try await TestStore.open()
        let room = try await store.room()
        for number in 0..<100 {
            let message = NewMessage(id: Identifier.uuid(), content: "\(number)")
            let author = Author(id: "ann", name: "Ann")
            #expect(store.log.append(AppendRequest(room: room, actor: author, act: .message(message))))
        }
        await store.database.close()
        #expect(store.results.all.compactMap(\.outcome.seq) == Array(1...100))
        let late = NewMessage(id: Identifier.uuid(), content: "late")
        #expect(
            !store.log.append(
                AppendRequest(room: room, actor: Author(id: "a", name: "A"), act: .message(late))))
        await #expect(throws: StorageError.self) { try await store.rooms.room(room) }
        await #expect(throws: StorageError.self) { try await store.rooms.archive(room) }
        #expect(!FileManager.default.fileExists(atPath: store.directory.path + "/stoa.db-wal"))
        let again = try await SQLiteDatabase.open(directory: store.directory.path)
        #expect(try await RoomRepository(database: again).head(room)?.seq == 100)
        await again.close()
    }

    @Test("a full disk refuses retryably, takes nothing back, and heals by itself")
    func diskFull() async throws {
        let directory = TemporaryDirectory()
        var options = SQLiteOptions()
        options.pageLimit = 300
        let database = try await SQLiteDatabase.open(directory: directory.path, options: options)
        let store = TestStore(directory, database)
        let room = try await store.room()
        var acknowledged: Int64 = 0
        var failure: AppendOutcome?
        for number in 0..<1000 where failure == nil {
            let message = NewMessage(
                id: Identifier.uuid(), content: "\(number)" + String(repeating: "x", count: 5000))
            let outcome = await store.perform(.message(message), in: room)
            if let seq = outcome.seq { acknowledged = seq } else { failure = outcome }
        }
        #expect(failure == .failed(.diskFull))
        #expect(acknowledged > 10)
        // A whole batch fails as one, other writes too, reads go on.
        for number in 0..<20 {
            let message = NewMessage(
                id: Identifier.uuid(), content: "\(number)" + String(repeating: "x", count: 50_000))
            let author = Author(id: "bob", name: "Bob")
            #expect(store.log.append(AppendRequest(room: room, actor: author, act: .message(message))))
        }
        await store.log.drain()
        #expect(store.results.all.suffix(20).allSatisfy { $0.outcome == .failed(.diskFull) })
        #expect(try await store.rooms.head(room)?.seq == acknowledged)
        // Room again: without doing anything else, the next one goes through.
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("PRAGMA max_page_count = 100000")
        }
        #expect(try await store.say("better", in: room).seq == acknowledged + 1)
        await database.close()
    }

    @Test("an error of one write leaves its neighbours in the same transaction alone")
    func savepoints() async throws {
        let store = try await TestStore.open()
        let gate = Gate()
        async let blocked: Void = store.database.write { (_) async throws(StorageError) in await gate.wait() }
        await gate.entered()
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<20 {
                group.addTask {
                    do throws(StorageError) {
                        try await store.database.write { (transaction) async throws(StorageError) in
                            _ = try await transaction.query(
                                "INSERT INTO hidden_people (tenant_id, user_id, hidden_id) VALUES ('t', $1, 'x')",
                                [.text("\(number)")])
                            if number % 3 == 0 { throw .conflict("changed my mind") }
                        }
                        return (number, true)
                    } catch {
                        return (number, false)
                    }
                }
            }
            gate.open()
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        try await blocked
        #expect(outcomes.allSatisfy { $0.value == ($0.key % 3 != 0) })
        let kept = try await store.database.read { (transaction) async throws(StorageError) in
            try await transaction.query("SELECT user_id FROM hidden_people").count
        }
        #expect(kept == 13)
    }

    @Test("a reader cannot write and sees one moment")
    func snapshots() async throws {
        let store = try await TestStore.open()
        await #expect(throws: StorageError.self) {
            try await store.database.read { (transaction) async throws(StorageError) in
                _ = try await transaction.query("DELETE FROM rooms")
            }
        }
        let room = try await store.room()
        let counts = try await store.database.read { (transaction) async throws(StorageError) in
            let before = try await transaction.query("SELECT seq FROM events").count
            let message = NewMessage(id: Identifier.uuid(), content: "x")
            _ = await store.perform(.message(message), in: room)
            return (before, try await transaction.query("SELECT seq FROM events").count)
        }
        #expect(counts == (0, 0))
    }
}
