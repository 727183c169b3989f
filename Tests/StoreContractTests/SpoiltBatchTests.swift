import Bytes
import Storage
import StoreTesting
import Testing

/// Appends travel together in the hope that nothing is wrong with any of them. Where something is, it is nobody else's
/// trouble.
@Suite("Batches of appends in which one is not like the others")
struct SpoiltBatchTests {
    private static func messages(_ count: Int, _ name: String) -> [NewMessage] {
        (0..<count).map {
            NewMessage(id: Identifier.uuid(), content: "\(name) \($0)", clientID: "\(name)-\($0)")
        }
    }

    private func contents(_ store: TestStore, _ room: String) async throws -> [String] {
        try await store.messages.events(room: room, after: 0, limit: 1000).enumerated().map { index, event in
            #expect(event.seq == Int64(index + 1))
            guard case .message(let record) = event.body else { return "" }
            return record.content
        }
    }

    @Test(
        "a repeat is the first one's and takes no seq, wherever it stands among others (invariant 4)",
        arguments: [0, 3, 63, 64, 149], StoreDriver.allCases)
    func repeats(_ place: Int, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let first = try await store.say("first", in: room, clientID: "once")
        var expected = ["first"]
        // The second time it is looked for, the third it comes alone.
        for (round, count) in [150, 150, 1].enumerated() {
            var batch = SpoiltBatchTests.messages(count, "round\(round)")
            let place = min(place, count - 1)
            batch[place] = NewMessage(id: Identifier.uuid(), content: "changed", clientID: "once")
            let outcomes = try await store.appendTogether(batch, in: room)
            #expect(outcomes[place] == .duplicate(seq: 1, messageID: first.id, at: first.at))
            let others = batch.indices.filter { $0 != place }
            #expect(
                others.map { outcomes[$0].seq } == others.indices.map { Int64(expected.count + $0 + 1) })
            expected += others.map { batch[$0].content }
        }
        #expect(try await contents(store, room) == expected)
        #expect(try await store.rooms.head(room)?.seq == Int64(expected.count))
        let found = try await store.messages.search(room: room, "changed", limit: 9)
        #expect(found.messages.isEmpty)
    }

    @Test("a message that the database refuses fails alone", arguments: StoreDriver.allCases)
    func refused(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let rule =
            switch driver {
            case .postgres: "ALTER TABLE events ADD CONSTRAINT rule CHECK (content <> 'poison')"
            case .sqlite:
                """
                CREATE TRIGGER rule BEFORE INSERT ON events WHEN NEW.content = 'poison'
                BEGIN SELECT RAISE(ABORT, 'rule'); END
                """
            }
        try await store.database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(rule)
        }
        for (round, place) in [30, 66].enumerated() {
            var batch = SpoiltBatchTests.messages(70, "round\(round)")
            batch[place] = NewMessage(id: Identifier.uuid(), content: "poison", clientID: "poison")
            let outcomes = try await store.appendTogether(batch, in: room)
            guard case .failed(let error) = outcomes[place] else {
                Issue.record("\(outcomes[place])")
                return
            }
            #expect(!error.isRetryable)
            #expect(outcomes.compactMap(\.seq) == (1...69).map { Int64(round * 69 + $0) })
        }
        guard case .failed = await store.perform(.message(NewMessage(id: "m", content: "poison")), in: room)
        else {
            Issue.record("alone it was stored")
            return
        }
        // The store is well: it is the message that was wrong.
        #expect((store.database as? any WatchedDatabase)?.fault == nil)
        #expect(try await store.say("after", in: room).seq == 139)
        #expect(try await contents(store, room).count == 139)
    }

    @Test(
        "rooms that go while their messages wait take none, and others' are where they belong",
        arguments: StoreDriver.allCases)
    func goneRooms(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let rooms = [
            try await store.room("stays"), try await store.room("is archived"), try await store.room("goes"),
        ]
        let gate = Gate()
        async let change: Void = store.database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("UPDATE rooms SET active = 0 WHERE id = $1", [.text(rooms[1])])
            _ = try await transaction.query("DELETE FROM rooms WHERE id = $1", [.text(rooms[2])])
            await gate.wait()
        }
        await gate.entered()
        for (index, message) in SpoiltBatchTests.messages(120, "m").enumerated() {
            let request = AppendRequest(
                room: rooms[index % 3], actor: Author(id: "ann", name: "Ann"), act: .message(message),
                ticket: UInt64(index))
            #expect(store.log.append(request))
        }
        gate.open()
        try await change
        await store.log.drain()
        let outcomes = store.results.all.sorted { $0.ticket < $1.ticket }.map(\.outcome)
        for (index, outcome) in outcomes.enumerated() {
            switch index % 3 {
            case 0: #expect(outcome.seq == Int64(index / 3 + 1))
            case 1: #expect(outcome == .refused(.roomArchived))
            default: #expect(outcome == .refused(.roomNotFound))
            }
        }
        #expect(try await contents(store, rooms[0]) == (0..<40).map { "m \($0 * 3)" })
        let found = try await store.messages.search(room: rooms[0], "m 117", limit: 9)
        #expect(found.messages.map(\.seq) == [40])
    }

    @Test(
        "logs that share a transaction do not hear of each other's repeats", arguments: StoreDriver.allCases)
    func severalLogs(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let first = try await store.say("first", in: room, clientID: "once")
        let logs = (0..<3).map { _ in TestStore(store.directory, store.database) }
        let gate = Gate()
        async let blocked: Void = store.hold(room, at: gate)
        await gate.entered()
        // The first is on its way and waits for the room, where it may; the others come together behind it.
        for (index, log) in logs.enumerated() {
            for text in ["fresh", "once"] {
                let request = AppendRequest(
                    room: room, actor: Author(id: "ann", name: "Ann"),
                    act: .message(
                        NewMessage(
                            id: Identifier.uuid(), content: "\(text) \(index)",
                            clientID: text == "once" && index != 1 ? "once" : "\(text)-\(index)")),
                    ticket: log.results.newTicket())
                #expect(log.log.append(request))
            }
        }
        gate.open()
        try await blocked
        for log in logs { await log.log.drain() }
        let duplicate = AppendOutcome.duplicate(seq: 1, messageID: first.id, at: first.at)
        let outcomes = logs.map { $0.results.all.sorted { $0.ticket < $1.ticket }.map(\.outcome) }
        #expect(outcomes[0][1] == duplicate && outcomes[2][1] == duplicate)
        let said = try await contents(store, room).sorted()
        #expect(said == ["first", "fresh 0", "fresh 1", "fresh 2", "once 1"])
    }
}
