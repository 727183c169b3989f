import Foundation
import JSON
import StoaTesting
import TestRandom
import Testing

/// Clients that publish, leave and come back at random, held to what a list of publications says they must get.
@Suite("Topics against a model")
struct TopicRecoveryTests {
    private enum Position { case known, otherEpoch, beyond, none }

    private enum Operation {
        case publish(topic: Int, count: Int)
        /// The last publication's `client_id` once more.
        case repeated(topic: Int)
        case subscribe(reader: Int, topics: [Int], Position)
        case unsubscribe(reader: Int, topic: Int)
        case cut(reader: Int)
    }

    private static let (topics, readers, ring) = (3, 3, 8)

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        return (0..<60).map { _ in
            let (reader, topic) = (number(0..<readers), number(0..<topics))
            switch number(0..<20) {
            case 0..<8: return .publish(topic: topic, count: number(1..<7))
            case 8: return .repeated(topic: topic)
            case 9..<15:
                let chosen = (0..<topics).filter { _ in number(0..<2) == 0 }
                let position: Position = [.otherEpoch, .beyond, .none].randomElement(using: &random) ?? .none
                let isPlain = number(0..<5) > 0
                return .subscribe(
                    reader: reader, topics: chosen.isEmpty ? [topic] : chosen, isPlain ? .known : position)
            case 15..<17: return .unsubscribe(reader: reader, topic: topic)
            default: return .cut(reader: reader)
            }
        }
    }

    /// What one topic is by the model.
    private struct Topic {
        let name: String
        var epoch = ""
        var head: Int64 = 0
    }

    /// A reader's place: what it must have been told since it connected, and what it knows of each topic.
    private struct Reader {
        var client: TestClient?
        var expected: [String] = []
        var subscribed: Set<Int> = []
        var known: [Int: Int64] = [:]
    }

    /// A message as the model writes it.
    private static func line(_ message: JSONValue) -> String? {
        let channel = message["channel"]?.string ?? ""
        switch message["type"]?.string {
        case "publication":
            let (offset, data) = (message["offset"]?.integer ?? 0, message["data"]?.integer ?? 0)
            return "\(channel) \(offset) \(data)"
        case "gap":
            let (from, to) = (message["from"]?.integer ?? 0, message["to"]?.integer ?? 0)
            return "\(channel) gap \(from)-\(to) \(message["reason"]?.string ?? "")"
        default: return nil
        }
    }

    private final class Run {
        let server: ServerProcess
        let publisher: TestClient
        var topics: [Topic]
        var readers = [Reader](repeating: Reader(), count: TopicRecoveryTests.readers)

        init(_ server: ServerProcess, prefix: String) async throws {
            self.server = server
            let token = ServerProcess.token("u_pub", publish: ["topic:*"])
            publisher = try await TestClient(server, token: token)
            topics = (0..<TopicRecoveryTests.topics).map { Topic(name: "topic:\(prefix)-\($0)") }
        }

        func perform(_ operation: Operation) async throws {
            switch operation {
            case .publish(let topic, let count):
                for _ in 0..<count { try await publish(topic) }
            case .repeated(let topic):
                guard topics[topic].head > 0 else { return }
                let ack = try await send(topic, topics[topic].head)
                try #require(ack["duplicate"]?.bool == true)
            case .subscribe(let reader, let chosen, let position):
                try await subscribe(reader, chosen, position)
            case .unsubscribe(let reader, let topic):
                guard let client = readers[reader].client else { return }
                try await settle(reader)
                try await client.request("unsubscribe", #""channels":["\#(topics[topic].name)"]"#)
                readers[reader].subscribed.remove(topic)
            case .cut(let reader):
                try await settle(reader)
                readers[reader].client?.cut()
                readers[reader] = Reader(known: readers[reader].known)
            }
        }

        /// A publication's data and client id are its offset.
        private func send(_ topic: Int, _ offset: Int64) async throws -> JSONValue {
            try await publisher.request(
                "publish", #""channel":"\#(topics[topic].name)","data":\#(offset),"client_id":"c\#(offset)""#)
        }

        func publish(_ topic: Int) async throws {
            topics[topic].head += 1
            let head = topics[topic].head
            let ack = try await send(topic, head)
            try #require(ack["offset"]?.integer == head)
            topics[topic].epoch = ack["epoch"]?.string ?? ""
            for index in readers.indices where readers[index].subscribed.contains(topic) {
                readers[index].expected.append("\(topics[topic].name) \(head) \(head)")
                readers[index].known[topic] = head
            }
        }

        private func subscribe(_ reader: Int, _ chosen: [Int], _ position: Position) async throws {
            let client: TestClient
            if let present = readers[reader].client {
                client = present
            } else {
                let token = ServerProcess.token("u_\(reader)", subscribe: ["topic:*"])
                client = try await TestClient(server, token: token)
                readers[reader].client = client
            }
            // One who is subscribed and asks again with a position would be told things twice, as it wants.
            let asked = chosen.filter { !readers[reader].subscribed.contains($0) }
            guard !asked.isEmpty else { return }
            var since: [String] = []
            var recovered: [Bool] = []
            for topic in asked {
                let (text, isRecovered) = claim(reader, topic, position)
                if let text { since.append(text) }
                recovered.append(isRecovered)
            }
            let names = asked.map { "\"\(topics[$0].name)\"" }.joined(separator: ",")
            let snapshot = try await client.request(
                "subscribe", #""channels":[\#(names)],"since":{\#(since.joined(separator: ","))}"#)
            for (topic, isRecovered) in zip(asked, recovered) {
                let entry = try #require(snapshot["channels"]?[topics[topic].name])
                #expect(entry["recovered"]?.bool == isRecovered)
                #expect(entry["offset"]?.integer == topics[topic].head)
                #expect(entry["data"]?.integer == (topics[topic].head > 0 ? topics[topic].head : nil))
                topics[topic].epoch = entry["epoch"]?.string ?? ""
                readers[reader].subscribed.insert(topic)
                readers[reader].known[topic] = topics[topic].head
            }
        }

        /// What a reader says it has of a topic, and whether all of the rest follows; notes what must follow.
        private func claim(_ reader: Int, _ index: Int, _ position: Position) -> (String?, Bool) {
            let topic = topics[index]
            guard position != .none, let known = readers[reader].known[index], !topic.epoch.isEmpty else {
                return (nil, false)
            }
            let offset = position == .beyond ? topic.head + 3 : known
            let epoch = position == .otherEpoch ? "other" : topic.epoch
            let text = #""\#(topic.name)":{"epoch":"\#(epoch)","offset":\#(offset)}"#
            if position != .known {
                readers[reader].expected.append("\(topic.name) gap \(offset + 1)-\(topic.head) epoch")
                return (text, false)
            }
            guard topic.head - offset <= Int64(TopicRecoveryTests.ring) else {
                readers[reader].expected.append("\(topic.name) gap \(offset + 1)-\(topic.head) limit")
                return (text, false)
            }
            for missed in offset..<topic.head {
                readers[reader].expected.append("\(topic.name) \(missed + 1) \(missed + 1)")
            }
            return (text, true)
        }

        /// Waits for what a reader must have got, and compares it topic by topic.
        func settle(_ reader: Int) async throws {
            guard let client = readers[reader].client else { return }
            let expected = readers[reader].expected
            try await client.wait { $0.count { TopicRecoveryTests.line($0) != nil } >= expected.count }
            let got = client.log.compactMap(TopicRecoveryTests.line)
            for topic in topics {
                let prefix = topic.name + " "
                #expect(
                    got.filter { $0.hasPrefix(prefix) } == expected.filter { $0.hasPrefix(prefix) },
                    "reader \(reader)")
            }
        }
    }

    @Test(
        "who comes back to a topic gets exactly what was missed, once and in order, or a gap that says why",
        arguments: 0..<8 as Range<UInt64>)
    func recovery(seed: UInt64) async throws {
        let server = try await ServerProcess(["topics.ring": "\(Self.ring)", "loops": "2"])
        let run = try await Run(server, prefix: "s\(seed)")
        for operation in Self.operations(seed: seed) { try await run.perform(operation) }
        // One more on each: what came too often or too late stands before it.
        for topic in 0..<Self.topics { try await run.publish(topic) }
        for reader in 0..<Self.readers { try await run.settle(reader) }
        #expect(await server.stop() == 0)
    }
}
