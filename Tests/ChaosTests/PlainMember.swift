import Foundation
import JSON
import StoaTesting
import TestRandom

/// A member that trusts nobody: it checks each delivery as it comes, repeats what was not acknowledged and resumes.
actor PlainMember {
    /// Ways to the service; each time it comes back it takes one of them.
    private let ports: [UInt16]
    private var client: TestClient?
    private var epoch = ""
    private var random: SeededRandom
    private var number = 0
    private var people: Set<String> = []
    private(set) var record: MemberRecord
    private(set) var topic = TopicFollower()

    private var user: String { record.user }
    private var last: Int64 { record.deliveries.last?.seq ?? 0 }

    init(ports: [UInt16], room: String, user: String, seed: UInt64) {
        self.ports = ports
        random = SeededRandom(seed: seed)
        record = MemberRecord(user: user, room: room)
    }

    /// Enters the room.
    func enter() async throws { try await connect() }

    /// Talks as long as somebody wants it.
    func talk(while isWanted: @Sendable () -> Bool) async throws {
        while isWanted() {
            try await say()
            if number % 3 == 0 { try await publish() }
            try await Task.sleep(for: .milliseconds(Int.random(in: 2...40, using: &random)))
        }
    }

    /// Says one thing, until it is acknowledged.
    ///
    /// - Returns: Its place.
    @discardableResult
    func say() async throws -> Int64 {
        number += 1
        let length = Int.random(in: 0...1500, using: &random)
        let content = "\(user)-\(number) " + String(repeating: "x", count: length)
        let members =
            #""room":"\#(record.room)","content":"\#(content)","client_id":"\#(user)-\#(number)""#
        let ack = try await insist("chat_message", members)
        let seq = ack["seq"]?.integer ?? -1
        record.acknowledged[content] = seq
        return seq
    }

    private func publish() async throws {
        let data = "\(user)-\(number)"
        let ack = try await insist(
            "publish", #""channel":"\#(TopicFollower.channel)","data":"\#(data)","client_id":"\#(data)""#)
        let place = TopicFollower.Place(
            epoch: ack["epoch"]?.string ?? "", offset: ack["offset"]?.integer ?? -1)
        topic.acknowledged[place] = data
    }

    /// Asks until it is answered.
    private func insist(_ type: String, _ members: String) async throws -> JSONValue {
        while true {
            do {
                try await take()
                guard let client else { throw TestFailure("not connected") }
                return try await client.request(type, members, within: 4)
            } catch is TestFailure {
                try await connect()
            } catch let refusal as Refused where ["unavailable", "internal"].contains(refusal.code) {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// Comes back to where it was.
    private func connect() async throws {
        client?.cut()
        // What came before the end counts.
        try await take()
        let deadline = Date().addingTimeInterval(30)
        while true {
            do {
                return try await attempt()
            } catch let broken as Broken {
                throw broken
            } catch {
                guard Date() < deadline else { throw Broken("\(user) cannot come back: \(error)") }
                // A replay that was cut off in its middle counts too: the next one begins behind it.
                try await take()
                try await Task.sleep(for: .milliseconds(30))
            }
        }
    }

    private func attempt() async throws {
        let topics = [TopicFollower.channel]
        let token = ServerProcess.token(user, subscribe: topics, publish: topics)
        let port = ports.randomElement(using: &random) ?? 0
        let client = try await TestClient(port: port, token: token)
        let since = epoch.isEmpty ? "" : #","since":{"epoch":"\#(epoch)","seq":\#(last)}"#
        let reply = try await client.request("join", #""room":"\#(record.room)""# + since, within: 4)
        if epoch.isEmpty {
            guard reply["seq"]?.integer == 0 else { throw TestFailure("\(user) came too late") }
        } else {
            record.resumes += 1
            guard reply["recovered"]?.bool == true, reply["epoch"]?.string == epoch else {
                throw Broken("\(user) is not recovered after \(epoch):\(last): \(reply)")
            }
        }
        epoch = reply["epoch"]?.string ?? ""
        people = PlainMember.ids(reply["people"])
        self.client = client
        topic.subscribed(try await client.request("subscribe", topic.request, within: 4))
    }

    /// Looks at everything that has come.
    private func take() async throws {
        guard let client else { return }
        for message in try await client.drain() {
            switch message["type"]?.string {
            case "new_message": try delivered(message)
            case "publication": try topic.published(message)
            // The topic goes on from elsewhere: Redis was lost with what it had.
            case "snapshot": topic.subscribed(message)
            case "user_joined": people.formUnion(PlainMember.ids(.array([message["user"] ?? .null])))
            case "user_left": people.subtract(PlainMember.ids(.array([message["user"] ?? .null])))
            case "presence_state": people = PlainMember.ids(message["people"])
            case "left": throw Broken("\(user) was sent out: \(message)")
            default: break
            }
        }
    }

    private func delivered(_ message: JSONValue) throws {
        let seq = message["seq"]?.integer ?? -1
        guard seq == last + 1 else { throw Broken("\(user) has \(last) and gets \(seq)") }
        record.deliveries.append(
            Delivery(
                seq: seq, id: message["message"]?["id"]?.string ?? "",
                content: message["message"]?["content"]?.string ?? ""))
    }

    private static func ids(_ people: JSONValue?) -> Set<String> {
        Set((people?.array ?? []).compactMap { $0["id"]?.string })
    }

    /// Waits until it has everything up to an event.
    nonisolated func follow(to seq: Int64) async throws {
        try await eventually("has \(seq)", within: 40) { try await self.has(seq) }
    }

    private func has(_ seq: Int64) async throws -> Bool {
        try await look()
        return last >= seq
    }

    /// Who is there, as this member learned it from pushes.
    func present() async throws -> Set<String> {
        try await look()
        return people
    }

    /// Who is there, as the server says when it is asked.
    func asked() async throws -> Set<String> {
        PlainMember.ids(try await insist("presence", #""room":"\#(record.room)","limit":100"#)["people"])
    }

    /// Takes what has come, over a new connection where the old one is gone.
    private func look() async throws {
        do {
            try await take()
            guard try await client?.request("ping", within: 4) != nil else { throw TestFailure("none") }
            try await take()
        } catch is TestFailure {
            try await connect()
        }
    }
}
