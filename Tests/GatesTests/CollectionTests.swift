import Gates
import StoaTesting
import Testing

@Suite("Collections")
struct CollectionTests {
    @Test(
        "an unburnt, verified item of the collection counts, whatever its standard",
        arguments: ["nft", "programmable", "core", "compressed"])
    func counts(kind: String) async throws {
        let bench = try await LedgerBench()
        let (wallet, collection) = (try await bench.wallet(), try await bench.wallet())
        let item = try await bench.ledger.createAsset(
            owner: wallet.text, collection: collection.text, kind: kind)
        #expect(await bench.read(wallet, .collection(collection)).amount == 1)
        try await bench.ledger.act("change_asset", [("asset", .string(item)), ("burnt", .bool(true))])
        #expect(await bench.read(wallet, .collection(collection)).amount == 0)
    }

    @Test("fakes, others' items and items of other collections do not count, hinted at or not")
    func refuses() async throws {
        let bench = try await LedgerBench()
        let (wallet, other) = (try await bench.wallet(), try await bench.wallet())
        let (collection, further) = (try await bench.wallet(), try await bench.wallet())
        let hints = [
            try await bench.ledger.createAsset(
                owner: wallet.text, collection: collection.text, verified: false),
            try await bench.ledger.createAsset(owner: other.text, collection: collection.text),
            try await bench.ledger.createAsset(owner: wallet.text, collection: further.text),
            wallet.text,
        ]
        #expect(await bench.read(wallet, .collection(collection)).amount == 0)
        for hint in hints {
            #expect(await bench.read(wallet, .collection(collection), hint: hint).amount == 0)
        }
    }

    @Test("a hinted item that proves it spares the search")
    func hint() async throws {
        let bench = try await LedgerBench()
        let (wallet, collection) = (try await bench.wallet(), try await bench.wallet())
        let item = try await bench.ledger.createAsset(owner: wallet.text, collection: collection.text)
        #expect(await bench.read(wallet, .collection(collection), hint: item).amount == 1)
        #expect(try await bench.ledger.calls("a") == ["getAsset"])
    }

    @Test("hints at nothing, and errors of nodes about them, are no node's failures")
    func bogusHints() async throws {
        let bench = try await LedgerBench()
        let (wallet, collection) = (try await bench.wallet(), try await bench.wallet())
        for _ in 0..<6 {
            let hint = try await bench.ledger.wallet()
            #expect(await bench.read(wallet, .collection(collection), hint: hint).amount == 0)
        }
        for _ in 0..<6 {
            try await bench.ledger.fault("a", "error", times: 1)
            #expect(await bench.read(wallet, .collection(collection), hint: wallet.text).amount == 0)
        }
        #expect(try await bench.ledger.calls("b").isEmpty)
        try await bench.ledger.fault("a", "server_error")
        #expect(await bench.read(wallet, .collection(collection)).amount == 0)
        #expect(try await bench.ledger.calls("b") == ["searchAssets"])
    }

    @Test("pages are read to the end; beyond the bound nobody can say, unless one was found")
    func pages() async throws {
        let bench = try await LedgerBench { settings in
            settings.pageSize = 2
            settings.pageLimit = 3
        }
        let (wallet, collection) = (try await bench.wallet(), try await bench.wallet())
        for _ in 0..<4 {
            _ = try await bench.ledger.createAsset(
                owner: wallet.text, collection: collection.text, verified: false)
        }
        let item = try await bench.ledger.createAsset(owner: wallet.text, collection: collection.text)
        #expect(await bench.read(wallet, .collection(collection)).amount == 1)
        try await bench.ledger.act("change_asset", [("asset", .string(item)), ("verified", .bool(false))])
        _ = try await bench.ledger.createAsset(
            owner: wallet.text, collection: collection.text, verified: false)
        #expect(await bench.read(wallet, .collection(collection)).reason == .tooMany)
    }
}
