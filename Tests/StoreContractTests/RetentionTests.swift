import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Retention")
struct RetentionTests {
    private let day: Int64 = 86_400_000
    private let now = Timestamp(milliseconds: 1_000 * 86_400_000)

    private func ago(_ days: Int64) -> Timestamp { Timestamp(milliseconds: now.milliseconds - days * day) }

    @Test(
        "what is too old goes in slices; seqs go on and the floor tells recovery (F5)",
        arguments: StoreDriver.allCases)
    func slices(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let old = try await store.say("old", in: room, mentions: ["bob"], clientID: "k", at: ago(91))
        for number in 0..<24 {
            _ = await store.perform(
                .reaction(messageID: old.id, emoji: "👍", added: true), by: "u\(number)", in: room, at: ago(91)
            )
        }
        // Edited since: the edit's own text must go with the message.
        _ = await store.perform(
            .edit(messageID: old.id, content: "older secret", mentions: [], byModerator: false), in: room,
            at: ago(1))
        try await store.say("new", in: room, at: ago(89))
        var job = RetentionJob(database: store.database)
        job.slice = 10
        #expect(try await job.run(now: now) == 25)
        let head = try #require(try await store.rooms.head(room))
        #expect(head.seq == 27 && head.floor == 26)
        #expect(try await store.messages.history(room: room, limit: 10).messages.map(\.content) == ["new"])
        #expect(try await store.messages.search(room: room, "older", limit: 10).messages.isEmpty)
        #expect(!"\(try await store.messages.events(room: room, after: 0, limit: 10))".contains("secret"))
        #expect(try await store.messages.unread(room: room, user: "bob").mentions == 0)
        for (seq, gap) in [(Int64(24), ReplayGap.retention), (25, nil), (27, nil)] {
            let view = try await store.rooms.joinView(
                room: room, user: "bob", after: ReplayPosition(epoch: head.epoch, seq: seq))
            #expect(view?.gap == gap)
        }
        #expect(try await store.say("next", in: room, at: now).seq == 28)
        #expect(try await job.run(now: now) == 0)
    }

    @Test("a room's own time goes before the default, and everything may go", arguments: StoreDriver.allCases)
    func override(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let short = try await store.rooms.create(
            RoomRecord(name: "short", creatorID: "ann", retentionDays: 1), creatorName: "Ann"
        ).room.id
        let long = try await store.rooms.create(
            RoomRecord(name: "long", creatorID: "ann", retentionDays: 500), creatorName: "Ann"
        ).room.id
        try await store.say("x", in: short, at: ago(2))
        try await store.say("x", in: long, at: ago(200))
        #expect(try await RetentionJob(database: store.database).run(now: now) == 1)
        #expect(try await store.rooms.head(short)?.floor == 2)
        #expect(try await store.rooms.head(long)?.floor == 1)
        #expect(try await store.messages.history(room: short, limit: 1).messages.isEmpty)
    }

    @Test("a repeat is known for thirty days (F3)", arguments: StoreDriver.allCases)
    func keys(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        for age in [Int64(31), 29] { try await store.say("x", in: room, clientID: "\(age)", at: ago(age)) }
        _ = try await RetentionJob(database: store.database).run(now: now)
        func repeated(_ key: String) async -> AppendOutcome {
            await store.perform(
                .message(NewMessage(id: Identifier.uuid(), content: "y", clientID: key)), in: room)
        }
        #expect(await repeated("31").seq == 3)
        guard case .duplicate(2, _, _) = await repeated("29") else {
            Issue.record("no duplicate")
            return
        }
    }

    @Test(
        "rooms with nothing too old are not written to; of many, all with something are found",
        arguments: StoreDriver.allCases)
    func onlyWhereNeeded(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let database = try #require(store.database as? any WatchedDatabase)
        var job = RetentionJob(database: store.database)
        job.roomsPerLook = 2
        var old: [String] = []
        for number in 0..<7 {
            let room = try await store.room()
            if number % 2 == 0 {
                try await store.say("old", in: room, clientID: "k", at: ago(91))
                old.append(room)
            }
            try await store.say("young", in: room, clientID: "l", at: ago(2))
        }
        #expect(try await job.run(now: now) == 4)
        for room in old { #expect(try await store.rooms.head(room)?.floor == 2) }
        let before = database.figures.commits.total
        #expect(try await job.run(now: now) == 0)
        // The leases of all rooms, in one write.
        #expect(database.figures.commits.total == before + 1)
    }
}
