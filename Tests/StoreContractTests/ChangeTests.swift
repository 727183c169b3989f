import Bytes
import Storage
import StoreTesting
import Testing

@Suite("Changing messages")
struct ChangeTests {
    @Test("an edit shows in history, and a replay tells it as it happened", arguments: StoreDriver.allCases)
    func edit(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let sent = try await store.say("teh", in: room, mentions: ["bob"])
        let at = Timestamp(milliseconds: sent.at.milliseconds + 5)
        let outcome = await store.perform(
            .edit(messageID: sent.id, content: "the", mentions: ["cid"], byModerator: false), in: room, at: at
        )
        #expect(outcome.seq == 2)
        let now = try #require(try await store.messages.message(sent.id, room: room))
        #expect(now.content == "the" && now.editedAt == at && now.mentions == ["cid"] && now.seq == 1)
        let events = try await store.messages.events(room: room, after: 0, limit: 10)
        #expect(events.first?.body == .message(sent))
        #expect(
            events.last?.body == .updated(messageID: sent.id, content: "the", mentions: ["cid"], editedAt: at)
        )
        #expect(try await store.messages.unread(room: room, user: "bob").mentions == 0)
        #expect(try await store.messages.unread(room: room, user: "cid").mentions == 1)
    }

    @Test("who may not, may not; what is not there, is not there", arguments: StoreDriver.allCases)
    func refusals(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let other = try await store.room("other")
        let sent = try await store.say("x", in: room)
        func edit(_ id: String, by user: String, moderator: Bool = false, in place: String) async
            -> AppendOutcome
        {
            await store.perform(
                .edit(messageID: id, content: "y", mentions: [], byModerator: moderator), by: user, in: place)
        }
        #expect(await edit(sent.id, by: "bob", in: room) == .refused(.notAuthor))
        #expect(await edit("nothing", by: "ann", in: room) == .refused(.messageNotFound))
        #expect(await edit(sent.id, by: "ann", in: other) == .refused(.messageNotFound))
        #expect(
            await store.perform(.delete(messageID: sent.id, byModerator: false), by: "bob", in: room)
                == .refused(.notAuthor))
        #expect(await edit(sent.id, by: "bob", moderator: true, in: room).seq == 2)
        #expect(await edit(sent.id, by: "ann", in: room) == .unchanged(seq: 2))
    }

    @Test("deleting leaves a tombstone and no text anywhere (A5, F5)", arguments: StoreDriver.allCases)
    func delete(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let secret = "secret"
        let message = NewMessage(
            id: Identifier.uuid(), type: .highlight, content: secret, mentions: ["bob"], documentID: "d",
            highlight: "{\"text\":\"secret\"}")
        _ = await store.perform(.message(message), in: room)
        _ = await store.perform(
            .edit(messageID: message.id, content: "secret too", mentions: [], byModerator: false), in: room)
        _ = await store.perform(
            .reaction(messageID: message.id, emoji: "👍", added: true), by: "bob", in: room)
        _ = await store.perform(.pin(messageID: message.id, true), in: room)
        #expect(await store.perform(.delete(messageID: message.id, byModerator: false), in: room).seq == 5)
        let now = try #require(try await store.messages.message(message.id, room: room))
        #expect(now.deleted && now.content.isEmpty && !now.pinned && now.reactions.isEmpty)
        #expect(now.highlight == nil && now.documentID == nil && now.mentions.isEmpty)
        #expect(try await store.messages.pins(room: room).isEmpty)
        #expect(try await store.messages.search(room: room, secret, limit: 10).messages.isEmpty)
        let replay = try await store.messages.events(room: room, after: 0, limit: 10)
        #expect(replay.count == 5)
        #expect(!"\(replay)".contains(secret))
        let rows = try await store.database.read { (transaction) async throws(StorageError) in
            try await transaction.query("SELECT * FROM events")
        }
        #expect(!"\(rows)".contains(secret))
        for act in [
            Act.edit(messageID: message.id, content: "z", mentions: [], byModerator: false),
            .pin(messageID: message.id, true), .reaction(messageID: message.id, emoji: "👍", added: true),
        ] {
            #expect(await store.perform(act, in: room) == .refused(.messageDeleted))
        }
        #expect(
            await store.perform(.delete(messageID: message.id, byModerator: false), in: room)
                == .unchanged(seq: 5))
    }

    @Test("pins are listed oldest first, and pinning twice is nothing", arguments: StoreDriver.allCases)
    func pins(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let one = try await store.say("one", in: room)
        let two = try await store.say("two", in: room)
        #expect(await store.perform(.pin(messageID: two.id, true), in: room).seq == 3)
        #expect(await store.perform(.pin(messageID: one.id, true), in: room).seq == 4)
        #expect(await store.perform(.pin(messageID: one.id, true), in: room) == .unchanged(seq: 4))
        #expect(try await store.messages.pins(room: room).map(\.id) == [one.id, two.id])
        #expect(await store.perform(.pin(messageID: two.id, false), in: room).seq == 5)
        #expect(try await store.messages.pins(room: room).map(\.id) == [one.id])
    }

    @Test("reactions are counted once per person and kind", arguments: StoreDriver.allCases)
    func reactions(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let sent = try await store.say("x", in: room)
        func react(_ emoji: String, _ user: String, _ added: Bool = true) async -> AppendOutcome {
            await store.perform(
                .reaction(messageID: sent.id, emoji: emoji, added: added), by: user, in: room)
        }
        #expect(await react("👍", "ann").seq == 2)
        #expect(await react("👍", "ann") == .unchanged(seq: 2))
        #expect(await react("🎉", "ann").seq == 3)
        guard case .appended(let event) = await react("👍", "bob") else {
            Issue.record("not appended")
            return
        }
        #expect(event.body == .reaction(messageID: sent.id, emoji: "👍", added: true, count: 2))
        #expect(await react("👀", "bob", false) == .unchanged(seq: 4))
        #expect(
            try await store.messages.message(sent.id, room: room)?.reactions == [
                ReactionSummary(emoji: "👍", count: 2, users: ["ann", "bob"]),
                ReactionSummary(emoji: "🎉", count: 1, users: ["ann"]),
            ])
        #expect(await react("🎉", "ann", false).seq == 5)
        #expect(try await store.messages.message(sent.id, room: room)?.reactions.count == 1)
    }

    @Test(
        "a message has at most twenty kinds of reactions, and shows twenty people of each",
        arguments: StoreDriver.allCases)
    func reactionBounds(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let sent = try await store.say("x", in: room)
        for index in 0..<20 {
            #expect(
                await store.perform(.reaction(messageID: sent.id, emoji: "e\(index)", added: true), in: room)
                    .seq
                    != nil)
        }
        #expect(
            await store.perform(.reaction(messageID: sent.id, emoji: "e20", added: true), in: room)
                == .refused(.tooManyReactions))
        for index in 0..<25 {
            _ = await store.perform(
                .reaction(messageID: sent.id, emoji: "e0", added: true), by: "user\(index)", in: room)
        }
        let first = try await store.messages.message(sent.id, room: room)?.reactions.first
        #expect(first?.count == 26)
        #expect(first?.users.count == 20)
    }

    @Test(
        "answers are counted at the thread's first message, deleted ones not", arguments: StoreDriver.allCases
    )
    func replyCount(on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let root = try await store.say("root", in: room)
        let answer = try await store.say("answer", in: room, replyTo: root.id)
        let deeper = try await store.say("deeper", in: room, replyTo: answer.id)
        #expect(deeper.replyTo == answer.id)
        #expect(try await store.messages.message(root.id, room: room)?.replyCount == 2)
        #expect(try await store.messages.message(answer.id, room: room)?.replyCount == 0)
        _ = await store.perform(.delete(messageID: deeper.id, byModerator: false), in: room)
        #expect(try await store.messages.message(root.id, room: room)?.replyCount == 1)
    }
}
