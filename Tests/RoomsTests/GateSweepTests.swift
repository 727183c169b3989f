import Gates
import JSON
import StoaTesting
import Storage
import Testing

@testable import Rooms

@Suite("Sweeps of gates")
struct GateSweepTests {
    @Test("a thousand members of three rooms cost at most fifteen questions, and the seller is found (A8)")
    func thousandMembers() async throws {
        let rig = try await GateRig()
        let wallets = try await rig.ledger.crowd(1000, mint: rig.mint)
        let rooms = [try await rig.room(), try await rig.room(), try await rig.room()]
        try await rig.enrol(Array(wallets[..<500]), in: rooms[0])
        try await rig.enrol(Array(wallets[500..<900]), in: rooms[1])
        try await rig.enrol(Array(wallets[900...]), in: rooms[2])
        // Nobody knows yet where to look: each is asked about in full.
        await rig.service.sweep()
        let quiet = try await rig.calls { await rig.service.sweep() }
        #expect(quiet.count <= 15 && Set(quiet) == ["getMultipleAccounts"], "\(quiet.count)")

        let buyer = try await rig.ledger.wallet()
        try await rig.ledger.transfer(rig.mint, from: wallets[950], to: buyer, 1)
        await rig.service.sweep()
        try await rig.wait(rooms[2], for: 99)
        #expect(try await !rig.members(rooms[2]).contains(wallets[950]))
        #expect(try await rig.members(rooms[0]).count == 500)
        #expect(try await rig.members(rooms[1]).count == 400)
    }

    @Test("three hundred members with items cost one question")
    func manyItems() async throws {
        let rig = try await GateRig()
        let collection = try await rig.ledger.wallet()
        let wallets = try await rig.ledger.crowd(300)
        let room = try await rig.room(collection: collection)
        for wallet in wallets { _ = try await rig.ledger.createAsset(owner: wallet, collection: collection) }
        try await rig.enrol(wallets, in: room)
        await rig.service.sweep()
        let quiet = try await rig.calls { await rig.service.sweep() }
        #expect(quiet == ["getAssetBatch"])
    }

    @Test("whatever fails, nobody is taken out; and no node is asked about each one by itself")
    func failing() async throws {
        let rig = try await GateRig()
        let wallets = try await rig.ledger.crowd(150, mint: rig.mint)
        let room = try await rig.room()
        try await rig.enrol(wallets, in: room)
        await rig.service.sweep()
        for fault in ["server_error", "html", "error", "null", "wrong_id", "truncated", "rate_limit"] {
            for node in ["a", "b"] { try await rig.ledger.fault(node, fault) }
            let asked = try await rig.calls { await rig.service.sweep() }
            #expect(asked.count <= 4, "\(fault): \(asked.count)")
            #expect(try await rig.members(room).count == 150)
        }
    }

    @Test("one answer of nothing takes nobody out: the second one, asked in full, must say the same")
    func oneLie() async throws {
        let rig = try await GateRig()
        let wallets = try await rig.ledger.crowd(3, mint: rig.mint)
        let room = try await rig.room()
        try await rig.enrol(wallets, in: room)
        await rig.service.sweep()
        try await rig.ledger.fault("a", "nothing", times: 1)
        await rig.service.sweep()
        // Doubts are there when the sweep is over, and go with the second answer.
        try await rig.wait("all that was doubted is asked about again") {
            wallets.allSatisfy { !rig.isDoubted($0, in: room) }
        }
        await rig.service.sweep()
        #expect(try await rig.members(room).count == 3)
    }

    @Test("one node of two that answers nothing takes nobody out, however often it does")
    func lyingNode() async throws {
        let rig = try await GateRig()
        let wallets = try await rig.ledger.crowd(3, mint: rig.mint)
        let collection = try await rig.ledger.wallet()
        let rooms = [try await rig.room(), try await rig.room(collection: collection)]
        for wallet in wallets {
            _ = try await rig.ledger.createAsset(owner: wallet, collection: collection)
        }
        for room in rooms { try await rig.enrol(wallets, in: room) }
        await rig.service.sweep()
        try await rig.ledger.fault("a", "nothing")
        for _ in 0..<5 {
            let before = try await rig.callCount()
            await rig.service.sweep()
            let swept = try await rig.callCount()
            #expect(swept > before)
            // The full questions that the sweep's answers led to.
            try await rig.wait("the doubted are asked about again") { try await rig.callCount() > swept }
        }
        for room in rooms { #expect(try await rig.members(room).count == 3) }
        // Both say so, and it is so.
        try await rig.ledger.fault("a", nil)
        let buyer = try await rig.ledger.wallet()
        try await rig.ledger.transfer(rig.mint, from: wallets[0], to: buyer, 1)
        await rig.service.sweep()
        try await rig.wait(rooms[0], for: 2)
    }

    @Test("a seller on the XRP Ledger is found by the sweep, and only there a wallet of it counts")
    func xrpl() async throws {
        let rig = try await GateRig()
        let (issuer, holder) = ("rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B", "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh")
        let tree = #"{"xrpl_token":{"currency":"USD","issuer":"\#(issuer)","min_amount":"12.5"}}"#
        let record = RoomRecord(name: "Holders", creatorID: "ann", type: .tokenGated, gate: tree)
        let room = try await rig.store.rooms.create(record, creatorName: "Ann").room.id
        func line(_ balance: String) async throws {
            try await rig.ledger.act(
                "xrpl_line",
                [
                    ("account", .string(holder)), ("issuer", .string(issuer)), ("currency", .string("USD")),
                    ("balance", .string(balance)),
                ])
        }
        try await line("12.5")
        try await rig.enrol([holder], in: room, chain: "xrpl")
        await rig.service.sweep()
        try await rig.ledger.fault("xrpl-a", "nothing")
        await rig.service.sweep()
        await rig.service.sweep()
        #expect(try await rig.members(room) == [holder])
        try await rig.ledger.fault("xrpl-a", nil)
        try await line("12.49999999999999")
        await rig.service.sweep()
        try await rig.wait(room, for: 0)
    }
}
