import ClientProtocol
import JSON
import TestRandom
import Testing

@testable import PubSub

@Suite("Values that replace one another (B4, DESIGN 3.8)", .timeLimit(.minutes(3)))
struct ValueTests {
    @Test("without a pace every value arrives, in order, also those of one turn")
    func direct() async throws {
        let rig = try await ValueRig()
        await rig.turn(rig.subscribe(["A"]) + [ValueRig.price("A", 1, "1"), ValueRig.price("A", 2, "2")])
        await rig.turn([ValueRig.price("A", 3, "3")])
        for offset in 1...3 as ClosedRange<Int64> {
            let message = try await rig.next()
            #expect(message["type"]?.string == "price_update")
            #expect(message["channel"]?.string == "price:A")
            #expect(message["symbol"]?.string == "A")
            #expect(message["offset"]?.integer == offset)
            #expect(message["price"]?.string == "\(offset)")
        }
        #expect(rig.replacedValues == 0)
    }

    @Test("with a pace the first value leaves at once, then the newest one when the interval is over")
    func paced() async throws {
        let rig = try await ValueRig()
        let pace = DeliveryPace(intervalMilliseconds: 200)
        let begin = ContinuousClock.now
        await rig.turn(rig.subscribe(["A", "B"], pace) + [ValueRig.price("A", 1, "1")])
        #expect(try await rig.next()["offset"]?.integer == 1)
        // In one turn: whatever the clock says by now, the second one never leaves.
        await rig.turn([
            ValueRig.price("A", 2, "2"), ValueRig.price("B", 7, "5"), ValueRig.price("A", 3, "3"),
        ])
        // All have their turn: the one behind that which was sent last begins.
        let (first, second) = (try await rig.next(), try await rig.next())
        #expect(ContinuousClock.now - begin >= .milliseconds(190))
        #expect(first["channel"]?.string == "price:B")
        #expect(second["channel"]?.string == "price:A")
        #expect(second["offset"]?.integer == 3)
        #expect(rig.replacedValues == 1)
        #expect(rig.isSilent)
    }

    @Test("a batch has the newest value of each channel, with its offset")
    func batch() async throws {
        let rig = try await ValueRig()
        let pace = DeliveryPace(isBatched: true)
        await rig.turn(
            rig.subscribe(["A", "B", "C"], pace) + [
                ValueRig.price("A", 1, "1"), ValueRig.price("B", 1, "2.5"), ValueRig.price("A", 2, "1.5"),
            ])
        let message = try await rig.next()
        #expect(message["type"]?.string == "price_update")
        #expect(message["values"]?.object?.count == 2)
        #expect(message["values"]?["A"]?["price"]?.string == "1.5")
        #expect(message["values"]?["A"]?["offset"]?.integer == 2)
        #expect(message["values"]?["B"]?["confidence"]?.string == "high")
        #expect(rig.isSilent)
    }

    @Test("chosen fields come alone, the offset with them, in batches and by themselves")
    func fields() async throws {
        let rig = try await ValueRig()
        await rig.turn(
            rig.subscribe(["A"], DeliveryPace(fields: ["price"]))
                + rig.subscribe(["B"], DeliveryPace(isBatched: true, fields: ["at"]))
                + [ValueRig.price("A", 4, "1"), ValueRig.price("B", 5, "2")])
        let single = try await rig.next()
        #expect(single.object?.map(\.name) == ["type", "channel", "symbol", "offset", "price"])
        let batch = try await rig.next()
        #expect(batch["values"]?["B"]?.object?.map(\.name) == ["offset", "at"])
    }

    @Test("a pace can be changed; what was due is not sent twice")
    func changedPace() async throws {
        let rig = try await ValueRig()
        await rig.turn(
            rig.subscribe(["A"], DeliveryPace(intervalMilliseconds: 60_000)) + [ValueRig.price("A", 1, "1")])
        #expect(try await rig.next()["offset"]?.integer == 1)
        await rig.turn([ValueRig.price("A", 2, "2")])
        #expect(rig.isSilent)
        await rig.turn([.setPace(rig.handle, channel: "price:A", .direct)])
        #expect(try await rig.next()["offset"]?.integer == 2)
        await rig.turn([ValueRig.price("A", 3, "3")])
        #expect(try await rig.next()["offset"]?.integer == 3)
        #expect(rig.isSilent)
    }

    @Test("who leaves gets nothing more of what waited for them")
    func leaving() async throws {
        let rig = try await ValueRig()
        let pace = DeliveryPace(intervalMilliseconds: 20, isBatched: true)
        await rig.turn(rig.subscribe(["A", "B"], pace) + [ValueRig.price("A", 1, "1")])
        _ = try await rig.next()
        await rig.turn([
            ValueRig.price("A", 2, "1"), ValueRig.price("B", 1, "1"),
            .unsubscribe(rig.handle, channel: "price:A", last: nil, cause: .requested),
        ])
        #expect(try await rig.next()["values"]?.object?.map(\.name) == ["B"])
        await rig.turn([ValueRig.price("A", 3, "1"), ValueRig.price("B", 2, "1")])
        #expect(try await rig.next()["values"]?.object?.map(\.name) == ["B"])
    }

    @Test("whatever else is said on a channel is not replaced", arguments: [false, true])
    func others(isPaced: Bool) async throws {
        let rig = try await ValueRig()
        let pace = isPaced ? DeliveryPace(intervalMilliseconds: 60_000) : .direct
        let other = SharedFrame(Array("{\"type\":\"gap\"}".utf8).span)
        await rig.turn(
            rig.subscribe(["A"], pace) + (0..<3).map { _ in .broadcast(channel: "price:A", other) })
        for _ in 0..<3 { #expect(try await rig.next()["type"]?.string == "gap") }
    }

    @Test(
        "a reader that stops costs one note for each channel, and gets the newest values when it returns",
        arguments: [
            DeliveryPace.direct, DeliveryPace(isBatched: true), DeliveryPace(intervalMilliseconds: 10),
        ])
    func lagging(pace: DeliveryPace) async throws {
        let rig = try await ValueRig(sendBuffer: 4096)
        let symbols = (0..<50).map { "S\($0)" }
        await rig.turn(rig.subscribe(symbols, pace))
        var offset: Int64 = 0
        var held = 0
        for _ in 0..<200 {
            offset += 1
            await rig.turn(symbols.map { ValueRig.price($0, offset, "\(offset)") })
            held = max(held, rig.backlogBytes)
        }
        #expect(held <= 65_536)
        try await Self.read(rig, until: Dictionary(uniqueKeysWithValues: symbols.map { ($0, offset) }))
        await rig.turn([])
        #expect(rig.isSilent)
        #expect(rig.replacedValues > 1000)
    }

    @Test("thousands of symbols at once go out in parts, none of them long")
    func parts() async throws {
        let rig = try await ValueRig(sendBuffer: 1 << 22)
        let symbols = (0..<3000).map { "SYMBOL-\($0)" }
        await rig.turn(rig.subscribe(symbols, DeliveryPace(isBatched: true)))
        await rig.turn(symbols.map { ValueRig.price($0, 1, "123.456") })
        var seen: Set<String> = []
        var messages = 0
        while seen.count < symbols.count {
            let message = try await rig.next()
            let values = try #require(message["values"]?.object)
            #expect(values.count * 60 < 100_000)
            for value in values { #expect(seen.insert(value.name).inserted) }
            messages += 1
        }
        #expect(messages > 2)
    }

    @Test("whatever happens, offsets of a channel rise and the newest value arrives", arguments: 0..<20)
    func random(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let rig = try await ValueRig(sendBuffer: seed % 2 == 0 ? 4096 : 0)
        let symbols = (0..<24).map { "S\($0)" }
        let paces = [
            DeliveryPace.direct, DeliveryPace(isBatched: true), DeliveryPace(intervalMilliseconds: 10),
            DeliveryPace(intervalMilliseconds: 20, isBatched: true), DeliveryPace(fields: ["price"]),
        ]
        var offsets = [Int64](repeating: 0, count: symbols.count)
        await rig.turn(rig.subscribe(symbols))
        for _ in 0..<100 {
            var mail: [HubMail] = []
            for _ in 0..<Int.random(in: 0..<40, using: &random) {
                let index = Int.random(in: 0..<symbols.count, using: &random)
                if Int.random(in: 0..<8, using: &random) == 0 {
                    let pace = paces[Int.random(in: 0..<paces.count, using: &random)]
                    mail.append(.setPace(rig.handle, channel: "price:" + symbols[index], pace))
                } else {
                    offsets[index] += 1
                    mail.append(ValueRig.price(symbols[index], offsets[index], "\(offsets[index])"))
                }
            }
            await rig.turn(mail)
        }
        let wanted = Dictionary(uniqueKeysWithValues: zip(symbols, offsets).filter { $0.1 > 0 })
        try await Self.read(rig, until: wanted)
        await rig.turn([])
        #expect(rig.isSilent)
    }

    /// Reads until each symbol's newest value is this one; never backwards, never twice.
    private static func read(_ rig: ValueRig, until wanted: [String: Int64]) async throws {
        var newest: [String: Int64] = [:]
        while newest != wanted {
            let message = try await rig.next()
            let values =
                message["values"]?.object?.map { ($0.name, $0.value) }
                ?? [(message["symbol"]?.string ?? "", message)]
            for (symbol, value) in values {
                let now = try #require(value["offset"]?.integer)
                #expect(now > newest[symbol] ?? 0, "\(symbol)")
                newest[symbol] = now
            }
        }
    }
}
