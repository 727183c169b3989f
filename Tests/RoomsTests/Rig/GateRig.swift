import Gates
import JSON
import Outbound
import StoaTesting
import Storage
import StoreTesting
import Testing

@testable import Rooms

/// Rooms over a real store whose gates ask a real ledger; sweeps come when a test says so.
final class GateRig: Sendable {
    let ledger: Ledger
    let rooms: RoomRig
    let service: GateService
    let mint: String
    private let http = HTTPClient()

    init(_ change: (inout GateSettings) -> Void = { _ in }) async throws {
        ledger = try await Ledger()
        mint = try await ledger.createMint()
        var settings = GateSettings()
        settings.cacheMilliseconds = 0
        settings.recheckMilliseconds = 20
        change(&settings)
        var chain = ChainSettings(endpoints: [ledger.node("a"), ledger.node("b")])
        chain.requestsPerSecond = 0
        chain.timeout = .seconds(1)
        let reader = SolanaReader(chain, RPCClient(chain, http))
        var other = ChainSettings(endpoints: [ledger.base + "/xrpl/a", ledger.base + "/xrpl/b"])
        other.requestsPerSecond = 0
        other.dialect = .rippled
        let xrpl = XRPLReader(other, RPCClient(other, http))
        let given = settings
        rooms = try await RoomRig(RoomSettings()) { store in
            RoomGates(database: store.database, solana: reader, xrpl: xrpl, settings: given)
        }
        service = try #require(GateService(rooms.context))
    }

    deinit { http.close() }

    var store: TestStore { rooms.store }

    /// A room that asks for one unit of the token, or for an item of a collection.
    func room(collection: String? = nil) async throws -> String {
        let record = RoomRecord(
            name: "Holders", creatorID: "ann", type: collection == nil ? .tokenGated : .nftGated,
            accessTokenMint: collection == nil ? mint : nil,
            accessTokenMinAmount: collection == nil ? "1" : nil, accessNFTCollection: collection)
        return try await store.rooms.create(record, creatorName: "Ann").room.id
    }

    /// Makes the owners of wallets members, each under their wallet's address.
    func enrol(_ wallets: [String], in room: String, chain: String = "solana") async throws {
        let repository = WalletRepository(database: store.database)
        for wallet in wallets {
            _ = try await repository.signIn(
                WalletRecord(chain: chain, address: wallet, user: wallet, userName: "Somebody"))
            _ = try await store.rooms.join(room, user: wallet, name: "Somebody")
        }
    }

    /// The members but the owner.
    func members(_ room: String) async throws -> Set<String> {
        var found: Set<String> = []
        var cursor: String?
        repeat {
            let page = try await store.rooms.members(room, cursor: cursor, limit: 100)
            found.formUnion(page.items.map(\.user))
            cursor = page.cursor
        } while cursor != nil
        return found.subtracting(["ann"])
    }

    /// What the nodes are asked for meanwhile.
    func calls(_ body: () async throws -> Void) async throws -> [String] {
        let before = try await allCalls().count
        try await body()
        return Array(try await allCalls().dropFirst(before))
    }

    /// How many questions the nodes have been asked.
    func callCount() async throws -> Int { try await allCalls().count }

    /// Whether somebody's reading waits to be confirmed.
    func isDoubted(_ user: String, in room: String) -> Bool {
        service.gates.book.lease(room, user)?.isDoubted ?? false
    }

    /// Waits for something that can only be looked for.
    func wait(_ what: Comment, for holds: () async throws -> Bool) async throws {
        for _ in 0..<1000 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(what)
    }

    private func allCalls() async throws -> [String] {
        (try await ledger.act("calls").array ?? []).compactMap { $0["method"]?.string }
    }

    /// Waits until a room has so many members.
    func wait(_ room: String, for count: Int) async throws {
        for _ in 0..<1000 {
            if try await members(room).count == count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(try await members(room).count) members, not \(count)")
    }
}
