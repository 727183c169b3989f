import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Appending")
struct AppendTests {
    @Test(
        "fifty writers at once leave no hole and no repeat, and each hears of its own (invariant 1)",
        arguments: StoreDriver.allCases)
    func concurrentWriters(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let rooms = [try await store.room("one"), try await store.room("two")]
        let seqs = await withTaskGroup(of: [String: [Int64]].self) { group in
            for writer in 0..<50 {
                group.addTask {
                    var seqs: [String: [Int64]] = [:]
                    for number in 0..<10 {
                        let room = rooms[(writer + number) % 2]
                        let message = NewMessage(id: Identifier.uuid(), content: "\(writer): \(number)")
                        let outcome = await store.perform(.message(message), by: "user\(writer)", in: room)
                        seqs[room, default: []].append(outcome.seq ?? -1)
                    }
                    return seqs
                }
            }
            return await group.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
        }
        for room in rooms {
            #expect(seqs[room]?.sorted() == Array(1...250))
            let reported = store.results.all.filter { $0.room == room }.compactMap(\.outcome.seq)
            #expect(reported == Array(1...250), "in seq order within a room")
            #expect(try await store.messages.events(room: room, after: 0, limit: 1000).map(\.seq) == reported)
        }
    }

    @Test(
        "in slow mode an author's next message is refused until their last one is old enough",
        arguments: StoreDriver.allCases)
    func slowMode(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let (room, other) = (try await store.room("one"), try await store.room("two"))
        func say(
            _ text: String, by user: String, in room: String, at: Int64, clientID: String? = nil
        ) async -> AppendOutcome {
            let message = NewMessage(id: Identifier.uuid(), content: text, clientID: clientID)
            var request = AppendRequest(
                room: room, actor: Author(id: user, name: user), act: .message(message),
                ticket: store.results.newTicket(), at: Timestamp(milliseconds: at))
            request.slowModeMilliseconds = 10_000
            #expect(store.log.append(request))
            return await store.results.outcome(of: request.ticket)
        }
        let start: Int64 = 1_763_712_000_000
        #expect(await say("first", by: "bob", in: room, at: start, clientID: "c").seq == 1)
        #expect(await say("early", by: "bob", in: room, at: start + 4000) == .refused(.slowMode(wait: 6000)))
        let repeated = await say("first", by: "bob", in: room, at: start + 4000, clientID: "c")
        guard case .duplicate(1, _, _) = repeated else {
            Issue.record("a repeat is no second message")
            return
        }
        #expect(await say("hers", by: "cat", in: room, at: start + 4000).seq == 2)
        #expect(await say("there", by: "bob", in: other, at: start + 4000).seq == 1)
        // A clock that is behind: nobody waits longer than asked.
        let past = await say("past", by: "bob", in: room, at: start - 60_000)
        #expect(past == .refused(.slowMode(wait: 10_000)))
        #expect(await say("late", by: "bob", in: room, at: start + 10_000).seq == 3)
        #expect(await say("again", by: "bob", in: room, at: start + 19_999) == .refused(.slowMode(wait: 1)))
    }

    @Test("a batch is one transaction, reported once", arguments: StoreDriver.allCases)
    func groupCommit(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        // While the writer is busy with the first, the others gather.
        for number in 0..<600 {
            let message = NewMessage(id: Identifier.uuid(), content: "\(number)")
            let author = Author(id: "ann", name: "Ann")
            #expect(
                store.log.append(
                    AppendRequest(room: room, actor: author, act: .message(message), ticket: UInt64(number))))
        }
        await store.log.drain()
        #expect(store.results.all.map(\.ticket) == Array(0..<600))
        #expect(store.results.batches < 100)
    }

    @Test(
        "beyond the queue's bound an append is refused at once (invariant 7)", arguments: StoreDriver.allCases
    )
    func queueBound(on driver: StoreDriver) async throws {
        var limits = MessageLogLimits()
        limits.queuedAppends = 5
        let store = try await TestStore.open(on: driver, limits: limits)
        let room = try await store.room()
        let gate = Gate()
        async let blocked: Void = store.hold(room, at: gate)
        await gate.entered()
        func append() -> Bool {
            let message = NewMessage(id: Identifier.uuid(), content: "x")
            return store.log.append(
                AppendRequest(
                    room: room, actor: Author(id: "a", name: "A"), act: .message(message), ticket: 0))
        }
        #expect(append())
        // Where appends go beside other writes, the first is on its way at once and waits for the room.
        let running = driver == .postgres ? 1 : 0
        while store.log.figures.running < running { await Task.yield() }
        #expect((0..<8).filter { _ in append() }.count == 4 + running)
        gate.open()
        try await blocked
        await store.log.drain()
        #expect(store.results.all.count == 5 + running)
    }

    @Test("a repeat is the first one's, whatever it says (invariant 4)", arguments: StoreDriver.allCases)
    func idempotence(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let first = try await store.say("one", in: room, clientID: "c-1")
        let again = NewMessage(id: Identifier.uuid(), content: "changed", clientID: "c-1")
        #expect(
            await store.perform(.message(again), in: room)
                == .duplicate(seq: first.seq, messageID: first.id, at: first.at))
        // Another sender's, another room's and none are no repeats.
        _ = try await store.say("two", by: "bob", in: room, clientID: "c-1")
        _ = try await store.say("three", in: try await store.room("other"), clientID: "c-1")
        _ = try await store.say("four", in: room)
        _ = try await store.say("four", in: room)
        #expect(try await store.rooms.head(room)?.seq == 4)
    }

    @Test(
        "repeats in one batch and of one id under many spellings are told apart by bytes",
        arguments: StoreDriver.allCases)
    func idempotenceWithinBatch(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        // "é" as one character and as two: equal to Swift, not to a table.
        let ids = ["c-1", "c-1", "\u{e9}", "e\u{301}", "c-1", "\u{e9}"]
        let messages = ids.enumerated().map { number, id in
            NewMessage(id: Identifier.uuid(), content: "\(number)", clientID: id)
        }
        let seqs = try await store.appendTogether(messages, in: room).map { outcome -> Int64 in
            if case .duplicate(let seq, _, _) = outcome { return -seq }
            return outcome.seq ?? 0
        }
        #expect(seqs == [1, -1, 2, 3, -1, -2])
    }

    @Test("one sender's concurrent repeats become one message (F3)", arguments: StoreDriver.allCases)
    func concurrentRepeats(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let outcomes = await withTaskGroup(of: AppendOutcome.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    let message = NewMessage(id: Identifier.uuid(), content: "once", clientID: "k")
                    return await store.perform(.message(message), in: room)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0.seq == 1 }.count == 1)
        #expect(try await store.rooms.head(room)?.seq == 1)
    }

    @Test("an unknown room refuses, an archived one refuses all but repeats", arguments: StoreDriver.allCases)
    func missingAndArchivedRooms(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let message = NewMessage(id: Identifier.uuid(), content: "x", clientID: "c")
        #expect(await store.perform(.message(message), in: "nowhere") == .refused(.roomNotFound))
        #expect(await store.perform(.pin(messageID: "m", true), in: "nowhere") == .refused(.roomNotFound))
        let room = try await store.room()
        let sent = try await store.say("x", in: room, clientID: "c")
        _ = try await store.rooms.archive(room)
        #expect(
            await store.perform(.message(message), in: room)
                == .duplicate(seq: 1, messageID: sent.id, at: sent.at))
        let other = NewMessage(id: Identifier.uuid(), content: "y")
        #expect(await store.perform(.message(other), in: room) == .refused(.roomArchived))
        #expect(await store.perform(.pin(messageID: sent.id, true), in: room) == .refused(.roomArchived))
    }

    @Test(
        "an answer needs a message in the same room, also one of the same batch",
        arguments: StoreDriver.allCases)
    func replies(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let elsewhere = try await store.say("far", in: try await store.room("other"))
        for target in [elsewhere.id, "nothing"] {
            let message = NewMessage(id: Identifier.uuid(), content: "x", replyTo: target)
            #expect(await store.perform(.message(message), in: room) == .refused(.replyNotFound))
        }
        let root = NewMessage(id: Identifier.uuid(), content: "root")
        let author = Author(id: "ann", name: "Ann")
        let answer = NewMessage(id: Identifier.uuid(), content: "answer", replyTo: root.id)
        for message in [root, answer] {
            #expect(store.log.append(AppendRequest(room: room, actor: author, act: .message(message))))
        }
        await store.log.drain()
        #expect(try await store.messages.message(root.id, room: room)?.replyCount == 1)
    }

    @Test(
        "one item that the store cannot hold fails alone, and no seq is lost", arguments: StoreDriver.allCases
    )
    func oneFailureIsAlone(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        try await store.say("b", in: room)
        try await store.database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "CREATE UNIQUE INDEX trap ON events (tenant_id, content) WHERE content = 'b'")
        }
        let gate = Gate()
        async let blocked: Void = store.hold(room, at: gate)
        await gate.entered()
        for name in ["a", "b", "c"] {
            let message = NewMessage(id: Identifier.uuid(), content: name)
            let author = Author(id: "bob", name: "Bob")
            #expect(store.log.append(AppendRequest(room: room, actor: author, act: .message(message))))
        }
        gate.open()
        try await blocked
        await store.log.drain()
        let outcomes = store.results.all.map(\.outcome)
        #expect(outcomes.map(\.seq) == [1, 2, nil, 3])
        guard case .failed(let error) = outcomes[2] else {
            Issue.record("expected a failure, got \(outcomes[2])")
            return
        }
        #expect(!error.isRetryable)
        #expect(try await store.messages.events(room: room, after: 0, limit: 100).map(\.seq) == [1, 2, 3])
    }

    @Test(
        "text is kept exactly (F)",
        arguments: [
            "👩‍👩‍👧‍👦 family", "مرحبا بالعالم", "e\u{301} is not \u{e9}", "𝒳 4 bytes 𠜎", "a\u{0}b",
            "\u{10FFFF}0\u{0}\u{10FFFF}1 \u{10FFFE}\u{10FFFF}", "\\x00 \\",
            "<b>&amp;</b> *md*",
            String(repeating: "w", count: 60_000), " lead and trail \n\r\n", "\u{FEFF}bom", "\u{202E}rtl",
        ], StoreDriver.allCases)
    func exactText(text: String, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let record = try await store.say(text, in: room)
        let read = try #require(try await store.messages.message(record.id, room: room))
        #expect(Array(read.content.utf8) == Array(text.utf8))
    }
}
