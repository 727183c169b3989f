import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Watch-lists in the store (B4)")
struct WatchlistStoreTests {
    private let ann = PersonKey(user: "ann")
    private let bob = PersonKey(user: "bob")

    private static func record(_ outcome: WatchlistOutcome) -> WatchlistRecord? {
        if case .done(let record) = outcome { return record }
        return nil
    }

    @Test(
        "a list is its owner's, keeps its order, and is changed as it was read",
        arguments: StoreDriver.allCases)
    func kept(on driver: StoreDriver) async throws {
        let store = WatchlistRepository(database: try await TestStore.open(on: driver).database)
        let made = WatchlistRecord(
            owner: ann, name: "Main", symbols: ["B", "A"], at: Timestamp(milliseconds: 1))
        #expect(try await store.make(made, limit: 1) == .done(made))
        #expect(try await store.make(WatchlistRecord(owner: ann, name: "x", symbols: []), limit: 1) == .full)
        #expect(try await store.lists([made.id, "none"], of: ann) == [made])
        #expect(try await store.lists([made.id], of: bob).isEmpty)
        #expect(try await store.change(made.id, of: bob, limit: 9) { $0.symbols = [] } == .unknown)
        let same = try await store.change(made.id, of: ann, at: 1, limit: 9) { $0.symbols = ["B", "A"] }
        #expect(same == .done(made))
        #expect(try await store.change(made.id, of: ann, limit: 2) { $0.symbols.append("C") } == .full)
        let changed = try #require(
            WatchlistStoreTests.record(
                try await store.change(made.id, of: ann, at: 1, limit: 3) { $0.symbols.append("C") }))
        #expect(
            changed.symbols == ["B", "A", "C"] && changed.version == 2 && changed.changedAt > made.changedAt)
        #expect(
            try await store.change(made.id, of: ann, at: 1, limit: 9) { $0.name = "y" } == .stale(changed))
        #expect(try await store.delete(made.id, of: ann, at: 1) == .stale(changed))
        #expect(try await store.delete(made.id, of: bob) == .unknown)
        let gone = WatchlistStoreTests.record(try await store.delete(made.id, of: ann, at: 2))
        #expect(gone?.version == 3)
        #expect(try await store.delete(made.id, of: ann) == .unknown)
    }

    @Test("lists are read page by page, empty ones too", arguments: StoreDriver.allCases)
    func pages(on driver: StoreDriver) async throws {
        let store = WatchlistRepository(database: try await TestStore.open(on: driver).database)
        for symbols in [[], ["A"], ["A", "B"]] {
            _ = try await store.make(WatchlistRecord(owner: ann, name: "n", symbols: symbols), limit: 9)
        }
        let first = try await store.lists(of: ann, limit: 2)
        let rest = try await store.lists(of: ann, cursor: first.cursor, limit: 2)
        #expect(first.items.count == 2 && rest.items.count == 1 && rest.cursor == nil)
        #expect(Set((first.items + rest.items).map(\.symbols)) == [[], ["A"], ["A", "B"]])
    }
}
