import Gates
import JSON
import StoaTesting
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
        // All that was doubted has been asked about again once the next sweep is through.
        let confirmed = try await rig.calls {
            try await Task.sleep(for: .milliseconds(200))
            await rig.service.sweep()
        }
        #expect(!confirmed.isEmpty)
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
            await rig.service.sweep()
            try await Task.sleep(for: .milliseconds(50))
        }
        for room in rooms { #expect(try await rig.members(room).count == 3) }
        // Both say so, and it is so.
        try await rig.ledger.fault("a", nil)
        let buyer = try await rig.ledger.wallet()
        try await rig.ledger.transfer(rig.mint, from: wallets[0], to: buyer, 1)
        await rig.service.sweep()
        try await rig.wait(rooms[0], for: 2)
    }
}
