import Bytes
import PostgresStorage
import StoaTesting
import Storage
import StoreTesting
import Synchronization
import TestRandom
import Testing

@Suite("Commits that may or may not have happened", .timeLimit(.minutes(3)))
struct LostCommitTests {
    /// A database with stores on it that reach it through a proxy each.
    private struct Rig {
        let stores: [TestStore]
        let proxies: [CommitProxy]
        let direct: TestStore

        init(_ count: Int) async throws {
            let shared = PostgresStores.shared
            let server = try await shared.server()
            let database = try await shared.newDatabase()
            let name = database.split(separator: "=").last.map(String.init) ?? ""
            direct = TestStore(
                TemporaryDirectory(), try await PostgresStores.open(at: database))
            var stores: [TestStore] = []
            var proxies: [CommitProxy] = []
            for _ in 0..<count {
                let proxy = try CommitProxy(to: server.directory)
                let store = try await PostgresStores.open(at: proxy.connection(to: name))
                stores.append(TestStore(TemporaryDirectory(), store))
                proxies.append(proxy)
            }
            self.stores = stores
            self.proxies = proxies
        }

        func close() async {
            for proxy in proxies { proxy.cut { .never } }
            for store in stores { await store.database.close() }
            for proxy in proxies { proxy.close() }
            await direct.database.close()
        }
    }

    @Test(
        "a commit without an answer is found out: what happened is acknowledged, what did not is done again (F3)",
        arguments: [CommitProxy.Cut.before, .after])
    func oneLostCommit(_ cut: CommitProxy.Cut) async throws {
        let rig = try await Rig(1)
        let store = rig.stores[0]
        let room = try await rig.direct.room()
        let isFirst = Mutex(true)
        rig.proxies[0].cut {
            isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? cut : .never
            }
        }
        // Without a client id: nothing but the token tells.
        let message = try await store.say("once", in: room)
        #expect(rig.proxies[0].cuts == 1)
        isFirst.withLock { $0 = true }
        #expect(await store.perform(.pin(messageID: message.id, true), in: room).seq == 2)
        isFirst.withLock { $0 = true }
        // A body of the general writer, which is no act: without the token it would find its own work.
        let number = try await store.database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("UPDATE rooms SET slow_mode_ms = slow_mode_ms + 1")
            return try await transaction.query("SELECT slow_mode_ms FROM rooms")[0].values[0]
        }
        #expect(number == .integer(1))
        let events = try await rig.direct.messages.events(room: room, after: 0, limit: 10)
        #expect(events.map(\.seq) == [1, 2])
        #expect(try await rig.direct.rooms.room(room)?.slowModeMilliseconds == 1)
        await rig.close()
    }

    @Test(
        "three processes that lose commits write one order without hole or repeat",
        arguments: 1...3)
    func manyLostCommits(seed: Int) async throws {
        let rig = try await Rig(3)
        let rooms = [try await rig.direct.room("one"), try await rig.direct.room("two")]
        let random = Mutex(SeededRandom(seed: UInt64(seed)))
        for proxy in rig.proxies {
            proxy.cut {
                random.withLock { random in
                    [CommitProxy.Cut.before, .after, .never, .never, .never, .never, .never, .never]
                        .randomElement(using: &random) ?? .never
                }
            }
        }
        var texts: [String: [String]] = [:]
        await withTaskGroup(of: [(String, String)].self) { group in
            for writer in 0..<12 {
                let store = rig.stores[writer % 3]
                group.addTask {
                    var sent: [(String, String)] = []
                    for number in 0..<15 {
                        let room = rooms[(writer + number) % 2]
                        let text = "\(writer)-\(number)"
                        if number % 5 == 4 {
                            _ = try? await store.rooms.join(room, user: "u\(writer)", name: "U")
                        }
                        if (try? await store.say(text, by: "u\(writer)", in: room)) != nil {
                            sent.append((room, text))
                        } else {
                            Issue.record("\(text) was refused")
                        }
                    }
                    return sent
                }
            }
            for await sent in group { for (room, text) in sent { texts[room, default: []].append(text) } }
        }
        #expect(rig.proxies.map(\.cuts).reduce(0, +) > 2)
        for proxy in rig.proxies { proxy.cut { .never } }
        for room in rooms {
            let events = try await rig.direct.messages.events(room: room, after: 0, limit: 1000)
            #expect(events.map(\.seq) == Array(1...Int64(max(1, events.count))))
            let stored = events.compactMap { event -> String? in
                if case .message(let record) = event.body { return record.content }
                return nil
            }
            #expect(stored.sorted() == texts[room]?.sorted())
            #expect(try await rig.direct.rooms.head(room)?.seq == Int64(events.count))
        }
        await rig.close()
    }
}
