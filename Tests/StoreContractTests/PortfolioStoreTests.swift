import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Portfolios and risk in the store (B7, B8)")
struct PortfolioStoreTests {
    private let ann = PersonKey(user: "ann")
    private let bob = PersonKey(user: "bob")

    @Test("a portfolio is its owner's, and read by those it is shared with", arguments: StoreDriver.allCases)
    func shared(on driver: StoreDriver) async throws {
        let store = PortfolioRepository(database: try await TestStore.open(on: driver).database)
        var record = PortfolioRecord(owner: ann, name: "Main", at: Timestamp(milliseconds: 1))
        record.holdings = ["A": "0.5", "B": "3"]
        #expect(try await store.make(record, limit: 1) == .done)
        let second = PortfolioRecord(owner: ann, name: "Second")
        #expect(try await store.make(second, limit: 1) == .full)
        #expect(try await store.portfolio(record.id, tenant: "default") == record)
        #expect(try await store.portfolio(record.id, tenant: "other") == nil)
        #expect(try await store.portfolios(of: bob, after: "", limit: 9).isEmpty)
        let id = record.id
        #expect(try await store.rename(id, of: bob, to: "x") == .unknown)
        #expect(try await store.share(id, of: ann, with: "bob", isShared: true, limit: 1) == .done)
        #expect(try await store.share(id, of: ann, with: "bob", isShared: true, limit: 1) == .done)
        #expect(try await store.share(id, of: ann, with: "cat", isShared: true, limit: 1) == .full)
        #expect(try await store.portfolios(of: bob, after: "", limit: 9).map(\.readers) == [["bob"]])
        #expect(Set(try await store.readers().map(\.user)) == ["ann", "bob"])
        #expect(try await store.hold("C", "1", in: id, of: ann, limit: 2) == .full)
        #expect(try await store.hold("A", "7", in: id, of: ann, limit: 2) == .done)
        #expect(try await store.hold("B", nil, in: id, of: ann, limit: 2) == .done)
        #expect(try await store.rename(id, of: ann, to: "Other") == .done)
        let found = try #require(try await store.portfolio(id, tenant: "default"))
        #expect(found.holdings == ["A": "7"] && found.name == "Other")
        #expect(found.changedAt > found.createdAt)
        #expect(try await store.share(id, of: ann, with: "bob", isShared: false, limit: 1) == .done)
        #expect(try await store.portfolios(of: bob, after: "", limit: 9).isEmpty)
        #expect(try await store.delete(id, of: ann) == .done)
        #expect(try await store.delete(id, of: ann) == .unknown)
        #expect(try await store.readers().isEmpty)
    }

    @Test("a list is read page by page", arguments: StoreDriver.allCases)
    func pages(on driver: StoreDriver) async throws {
        let store = PortfolioRepository(database: try await TestStore.open(on: driver).database)
        let records = (0..<5).map { PortfolioRecord(id: "p\($0)", owner: ann, name: "n") }
        for record in records { _ = try await store.make(record, limit: 9) }
        let first = try await store.portfolios(of: ann, after: "", limit: 3)
        let rest = try await store.portfolios(of: ann, after: first[2].id, limit: 3)
        #expect((first + rest).map(\.id) == records.map(\.id))
    }

    @Test("what portfolios are called is read within a transaction", arguments: StoreDriver.allCases)
    func names(on driver: StoreDriver) async throws {
        let database = try await TestStore.open(on: driver).database
        let store = PortfolioRepository(database: database)
        for (id, name) in [("p0", "Savings"), ("p1", "Play")] {
            _ = try await store.make(PortfolioRecord(id: id, owner: ann, name: name), limit: 9)
        }
        let tenant = ann.tenant
        let names = try await database.write { (transaction) async throws(StorageError) in
            try await PortfolioRepository.names(
                [(tenant, "p0"), (tenant, "p0"), (tenant, "p2"), ("other", "p1")], in: transaction)
        }
        #expect(names == ["p0": "Savings"])
        let none = try await database.write { (transaction) async throws(StorageError) in
            try await PortfolioRepository.names([], in: transaction)
        }
        #expect(none.isEmpty)
    }

    @Test(
        "what is given of risk and what sources say stand beside each other", arguments: StoreDriver.allCases)
    func risk(on driver: StoreDriver) async throws {
        let store = RiskRepository(database: try await TestStore.open(on: driver).database)
        var given = RiskRecord(symbol: "A", changedAt: Timestamp(milliseconds: 1))
        given.marketCap = "5"
        given.contract = "none"
        try await store.give(given)
        var told = RiskRecord(symbol: "A", changedAt: Timestamp(milliseconds: 2))
        told.sourceMarketCap = "6"
        told.source = "s"
        try await store.learn([told, RiskRecord(symbol: "B", changedAt: Timestamp(milliseconds: 2))])
        given.sourceMarketCap = "6"
        given.source = "s"
        given.changedAt = Timestamp(milliseconds: 2)
        #expect(try await store.record(of: "A") == given)
        #expect(try await store.record(of: "C") == nil)
        #expect(try await store.records(after: "", limit: 1).map(\.symbol) == ["A"])
        #expect(try await store.records(after: "A", limit: 9).map(\.symbol) == ["B"])
    }
}
