import Foundation
import JSON
import StoaClient
import StoaTesting
import TestRandom

/// A member that uses the client library, over TLS: what the library promises is checked like the server's word.
actor LibraryMember {
    private let client: StoaClient
    private var random: SeededRandom
    private var number = 0
    private(set) var record: MemberRecord
    private var broken: Broken?

    init(port: UInt16, room: String, user: String, authority: String, seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        record = MemberRecord(user: user, room: room)
        var options = ClientOptions()
        options.backoffMilliseconds = 50
        options.backoffLimitMilliseconds = 500
        options.replyMilliseconds = 4000
        options.authorityPath = authority
        client = try StoaClient("wss://localhost:\(port)/ws", options: options) { ServerProcess.token(user) }
        let events = client.events
        Task { [weak self] in for await event in events { await self?.note(event) } }
    }

    private func note(_ event: ClientEvent) {
        switch event {
        case .push("new_message", let message):
            let seq = message["seq"]?.integer ?? -1
            let last = record.deliveries.last?.seq ?? 0
            if seq != last + 1 { broken = Broken("\(record.user) has \(last) and gets \(seq)") }
            record.deliveries.append(
                Delivery(
                    seq: seq, id: message["message"]?["id"]?.string ?? "",
                    content: message["message"]?["content"]?.string ?? ""))
        case .state(.offline): record.resumes += 1
        case .state(.ended(let reason)) where reason != "closed here":
            broken = Broken("\(record.user) was sent away: \(reason)")
        case .gap(_, let reason): broken = Broken("\(record.user) has a gap: \(reason)")
        case .removed(_, let reason): broken = Broken("\(record.user) is not in the room any more: \(reason)")
        default: break
        }
    }

    /// Enters the room.
    func enter() async throws {
        await client.start()
        try await client.join(record.room)
    }

    /// Talks until a moment.
    func talk(until end: Date) async throws {
        while Date() < end {
            try await say()
            try await Task.sleep(for: .milliseconds(Int.random(in: 2...40, using: &random)))
        }
    }

    /// Says one thing; returns when the server has it for good.
    @discardableResult
    func say() async throws -> Int64 {
        number += 1
        let length = Int.random(in: 0...1500, using: &random)
        let content = "\(record.user)-\(number) " + String(repeating: "y", count: length)
        let receipt = try await client.send(content, to: record.room)
        if let broken { throw broken }
        record.acknowledged[content] = receipt.seq
        return receipt.seq
    }

    /// Waits until it has everything up to an event.
    nonisolated func follow(to seq: Int64) async throws {
        try await eventually("has \(seq)", within: 40) { try await self.has(seq) }
    }

    private func has(_ seq: Int64) throws -> Bool {
        if let broken { throw broken }
        return record.deliveries.last?.seq ?? 0 >= seq
    }

    func close() async { await client.close() }
}
