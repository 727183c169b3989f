import Foundation
import JSON
import StoaTesting
import TestRandom
import TestWallet
import Testing

/// People with two wallets each who trade, come and go at a gated room while nodes fail, and a model of who may be in.
///
/// One thing happens at a time, so that the model knows in what order; the server's sweeps and second looks run beside.
final class GateChaosWorld {
    /// What the room asks one wallet for.
    static let minimum: UInt64 = 10
    static let graceSeconds = 3.0
    /// From the change of a holding to the last question that may not know it: two nodes' time-outs for two wallets.
    static let slackSeconds = 4.0

    private struct Person {
        let user: String
        let wallets: [TestWallet]
        var held: [Int64]
        var client: TestClient?
        var isIn = false
        /// Since when one wallet holds enough, and since when none does.
        var holdsSince: Date?
        var lacksSince: Date?
        var movedOwn = Date.distantPast

        var holds: Bool { held.contains { $0 >= Int64(GateChaosWorld.minimum) } }

        mutating func note(_ now: Date) {
            if holds { (holdsSince, lacksSince) = (holdsSince ?? now, nil) }
            if !holds { (holdsSince, lacksSince) = (nil, lacksSince ?? now) }
        }
    }

    private let bench: GateBench
    private let room: String
    private var people: [Person] = []
    private var random: SeededRandom
    private var lastLook = Date()
    /// The node that may answer nothing where there is something.
    private var liar: String?
    private var lastRestart = Date()
    private(set) var counts: [String: Int] = [:]

    init(seed: UInt64, people count: Int) async throws {
        random = SeededRandom(seed: seed)
        bench = try await GateBench([
            "gates.sweep_ms": "300", "gates.recheck_ms": "100", "gates.timeout_ms": "400",
            "gates.grace_ms": "\(Int(GateChaosWorld.graceSeconds * 1000))",
        ])
        room = try await bench.room(Int(GateChaosWorld.minimum))
        for index in 0..<count {
            let user = "u_\(index)"
            let held: [Int64] = [Int64(index * 7 % 25), Int64(index * 5 % 14)]
            var wallets: [TestWallet] = []
            for (number, amount) in held.enumerated() {
                wallets.append(try await bench.give(user, wallet: index * 2 + number, UInt64(amount)))
            }
            var person = Person(user: user, wallets: wallets, held: held)
            person.note(Date())
            people.append(person)
        }
    }

    private func count(_ word: String) { counts[word, default: 0] += 1 }

    // MARK: What happens

    func step() async throws {
        try await look()
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: try await trade()
        case 35..<65: try await come(Int.random(in: people.indices, using: &random))
        case 65..<70: try await moveOwn(Int.random(in: people.indices, using: &random))
        case 70..<75: cut(Int.random(in: people.indices, using: &random))
        case 75..<85: try await fail()
        case 85..<86: try await restart()
        default: try await Task.sleep(for: .milliseconds(60))
        }
    }

    private func trade() async throws {
        let (seller, buyer) = (
            Int.random(in: people.indices, using: &random), Int.random(in: people.indices, using: &random)
        )
        let (from, to) = (Int.random(in: 0..<2, using: &random), Int.random(in: 0..<2, using: &random))
        let held = people[seller].held[from]
        guard seller != buyer, held > 0 else { return }
        try await move(seller, from, buyer, to, Int64.random(in: 1...held, using: &random))
        count("trades")
    }

    /// Between a person's own wallets: they hold enough throughout, though no question sees both wallets at once.
    private func moveOwn(_ index: Int) async throws {
        // Twice within the two looks of a removal, each look could see the emptier wallet.
        guard Date().timeIntervalSince(people[index].movedOwn) > GateChaosWorld.slackSeconds else { return }
        let from = people[index].held[0] >= people[index].held[1] ? 0 : 1
        guard people[index].held[from] > 0 else { return }
        people[index].movedOwn = Date()
        try await move(index, from, index, 1 - from, people[index].held[from])
        count("moves")
    }

    private func move(_ seller: Int, _ from: Int, _ buyer: Int, _ to: Int, _ amount: Int64) async throws {
        try await bench.ledger.transfer(
            bench.mint, from: people[seller].wallets[from].solana, to: people[buyer].wallets[to].solana,
            amount)
        people[seller].held[from] -= amount
        people[buyer].held[to] += amount
        for index in [seller, buyer] { people[index].note(Date()) }
    }

    private func come(_ index: Int) async throws {
        guard !people[index].isIn else { return }
        let client: TestClient
        if let known = people[index].client {
            client = known
        } else {
            client = try await bench.client(people[index].user)
            people[index].client = client
        }
        let asked = Date()
        do {
            try await client.request("join", #""room":"\#(room)""#, within: 20)
            people[index].isIn = true
            count("admitted")
            // Who held enough within the grace may come back while nobody can say.
            if let since = people[index].lacksSince {
                let age = asked.timeIntervalSince(since)
                #expect(
                    age <= GateChaosWorld.graceSeconds + 1,
                    "\(people[index].user) is let in, poor for \(age) s")
            }
        } catch let refused as Refused {
            count(refused.code)
            // One answer is enough to be refused; it is not enough to be taken out.
            let isTrue = refused.code == "gate_unavailable" || !people[index].holds || liar != nil
            #expect(isTrue, "\(people[index].user) is refused with \(people[index].held): \(refused)")
        }
    }

    private func cut(_ index: Int) {
        people[index].client?.cut()
        people[index].client = nil
        people[index].isIn = false
    }

    private func fail() async throws {
        let node = Bool.random(using: &random) ? "a" : "b"
        let kinds = [
            nil, nil, nil, "timeout", "rate_limit", "server_error", "html", "empty", "null", "truncated",
            "wrong_id", "error", "lie", "nothing",
        ]
        let fault = kinds.randomElement(using: &random) ?? nil
        // Two nodes that agree are the truth: only one at a time may answer nothing.
        if fault == "nothing", let liar, liar != node { try await bench.ledger.fault(liar, nil) }
        if fault == "nothing" { liar = node } else if liar == node { liar = nil }
        // Mostly for a few answers, so that nodes are asked most of the time; sometimes until something else comes.
        let times = Int64.random(in: 1...10, using: &random)
        let arguments = fault == "rate_limit" ? [("after", JSONValue.integer(1))] : []
        try await bench.ledger.fault(node, fault, times: times > 9 ? nil : times, arguments)
        count(fault ?? "healed")
    }

    private func restart() async throws {
        guard Date().timeIntervalSince(lastRestart) > 6 else { return }
        lastRestart = Date()
        bench.server.kill()
        _ = await bench.server.exitStatus()
        for index in people.indices { cut(index) }
        try await bench.server.start()
        count("restarts")
    }

    // MARK: What is seen

    /// Takes what has come to everybody, and judges who has been taken out.
    private func look() async throws {
        let before = lastLook
        lastLook = Date()
        for index in people.indices {
            for message in try await people[index].client?.drain() ?? []
            where message["type"]?.string == "left" {
                people[index].isIn = false
                let reason = message["reason"]?.string ?? ""
                count(reason)
                guard reason == "gate_lost" else { continue }
                let since = people[index].holdsSince.map { before.timeIntervalSince($0) } ?? 0
                #expect(
                    since < GateChaosWorld.slackSeconds, "\(people[index].user) is out, rich for \(since) s")
            }
        }
    }

    /// Heals everything, waits, and compares the room with the model.
    func reckon() async throws {
        try await bench.fault(nil)
        // Those who lack must go, those who hold may all come; both as soon as nodes are asked again.
        try await bench.until(within: 90) {
            let members = Set(try await memberIDs())
            return people.allSatisfy { $0.holds || !members.contains($0.user) }
        }
        for index in people.indices where people[index].holds {
            let (user, room, bench) = (people[index].user, room, bench)
            try await bench.until(within: 90) {
                try await bench.call(user, "GET", "/api/v1/rooms/\(room)/messages").status == 200
            }
        }
        try await look()
    }

    private func memberIDs() async throws -> [String] {
        let answer = try await bench.call("u_owner", "GET", "/api/v1/rooms/\(room)/members?limit=100")
        return (answer.json?["members"]?.array ?? []).compactMap { $0["user"]?["id"]?.string }
    }
}
