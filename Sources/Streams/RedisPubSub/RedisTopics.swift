import Bytes
import ClientProtocol
import JSON
import PubSub

/// Topics in Redis: for each a hash of its state, a list of its last publications, and what is known of repeats.
///
/// ```
///   stoa:{topic:lobby}:state   epoch, offset, run, bytes, last, at, touched
///   stoa:{topic:lobby}:ring    the last publications, as subscribers get them
///   stoa:{topic:lobby}:recent  repeat's key → epoch and offset    stoa:{topic:lobby}:order  those keys, oldest first
///   stoa:topics:names          all names, in their order          stoa:topics:used          when each was used last
/// ```
/// An epoch lasts as long as the Redis process (`run`): another one has the state from a disk or a replica, where the
/// last publications may be missing.
final class RedisTopics: TopicStore {
    private static let names = "stoa:topics:names"
    private static let used = "stoa:topics:used"

    private let nodes: [RedisNode]

    init(_ nodes: [RedisNode]) { self.nodes = nodes }

    private func node(of channel: String) -> RedisNode { nodes[nodes.place(of: channel)] }

    private func keys(_ channel: String) -> [String] {
        ["state", "ring", "recent", "order"].map { "stoa:{\(channel)}:\($0)" }
            + [RedisTopics.names, RedisTopics.used]
    }

    func publish(
        _ draft: TopicDraft, _ bounds: TopicBounds, _ answer: @escaping (TopicPublishing) -> Void
    ) {
        let node = node(of: draft.channel)
        let arguments: [RedisArgument] =
            begin(node, bounds, draft.channel) + [
                .integer(Int64(bounds.ringCount)), .integer(Int64(bounds.ringBytes)),
                .bytes(RedisTopics.beginning(draft.channel)), .bytes(draft.data), .text(draft.key ?? ""),
            ]
        node.run(.publishTopic, keys: keys(draft.channel), arguments) { result in
            guard case .success(let reply) = result, let members = reply.members,
                let status = members.first?.number
            else { return answer(.away) }
            guard members.count == 4, let epoch = members[1].text, let offset = members[2].number else {
                return answer(.full)
            }
            let position = StreamPosition(epoch: epoch, offset: offset)
            answer(
                status == 2
                    ? .repeated(position) : .published(position, isFirst: members[3] == .integer(1)))
        }
    }

    /// What every step begins with: which server we mean, and the epoch in case that one begins.
    private func begin(_ node: RedisNode, _ bounds: TopicBounds, _ channel: String) -> [RedisArgument] {
        [
            .text(node.run), .text(Identifier.short("t")), .integer(bounds.idleMilliseconds),
            .integer(Int64(bounds.channels)), .text(channel),
        ]
    }

    /// A publication up to its epoch.
    private static func beginning(_ channel: String) -> [UInt8] {
        var writer = JSONWriter(capacity: channel.utf8.count + 64)
        writer.beginObject()
        writer.field("type", "publication")
        writer.field("channel", channel)
        writer.field("epoch", "")
        writer.endObject()
        let whole = writer.finish()
        return whole.withSpan { span in
            // Without the end of the empty text and of the object.
            (0..<span.count - 2).map { span[$0] }
        }
    }

    func read(
        _ channel: String, _ reading: TopicReading, _ bounds: TopicBounds,
        _ answer: @escaping (TopicFinding) -> Void
    ) {
        let node = node(of: channel)
        let arguments: [RedisArgument] =
            begin(node, bounds, channel) + [
                reading.creates ? "1" : "0", .text(reading.known?.epoch ?? ""),
                .integer(reading.known?.offset ?? 0), reading.wantsRing ? "1" : "0",
            ]
        node.run(.readTopic, keys: keys(channel), arguments) { result in
            guard case .success(let reply) = result, let members = reply.members else {
                return answer(.away)
            }
            answer(RedisTopics.finding(members))
        }
    }

    private static func finding(_ members: [RedisReply]) -> TopicFinding {
        guard members.count == 7, let epoch = members[1].text, let offset = members[2].number,
            case .bytes(let data) = members[5], let kept = members[6].members
        else { return members.first == .integer(0) ? .nothing : .full }
        let publications = kept.compactMap { reply -> [UInt8]? in
            if case .bytes(let bytes) = reply { bytes } else { nil }
        }
        return .found(
            TopicPage(
                position: StreamPosition(epoch: epoch, offset: offset), isNew: members[3] == .integer(1),
                at: members[4].number.map { Timestamp(milliseconds: $0) }, data: data,
                publications: publications))
    }

    func names(beginningWith prefix: String, _ answer: @escaping ([String]?) -> Void) {
        var found: [String]? = []
        var left = nodes.count
        // No name has the byte 0xFF.
        let end = Array("[\(prefix)".utf8) + [0xFF]
        for node in nodes {
            node.send(["ZRANGEBYLEX", .text(RedisTopics.names), .text("[\(prefix)"), .bytes(end)]) { result in
                if case .success(let reply) = result, let members = reply.members {
                    found?.append(contentsOf: members.compactMap(\.text))
                } else {
                    found = nil
                }
                left -= 1
                if left == 0 { answer(found) }
            }
        }
    }
}
