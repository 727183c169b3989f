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
/// In a cluster the names have a slot of their own: whoever has a topic begin enters its name first, and again with
/// every fourth of the time that it lives unused.
///
/// An epoch lasts as long as the Redis process (`run`): another one has the state from a disk or a replica, where the
/// last publications may be missing.
final class RedisTopics: TopicStore {
    /// What is the same in every step on a topic.
    private struct Constants {
        let keys: [String]
        /// A publication up to its epoch.
        let beginning: [UInt8]
    }

    /// Topics whose constants are kept; beyond, all are made again.
    private static let constantsLimit = 1024

    private let places: any RedisPlaces
    private var constants: [String: Constants] = [:]
    /// Epochs are this, which is random, and a number: a step offers one of its own each time.
    private let epochPrefix = Identifier.short("t")
    private var epochsOffered: UInt64 = 0
    /// In a cluster, the topics to which something is on its way.
    private var lanes: [String: TopicLane] = [:]

    init(_ places: any RedisPlaces) { self.places = places }

    private var isCluster: Bool { places.keys.isCluster }

    private func take(_ step: TopicStep, _ answer: @escaping TopicStep.Answer) {
        guard isCluster else { return perform(step, bound: Int64(step.bounds.channels), answer) }
        let lane = lanes[step.channel] ?? TopicLane(step.channel, self)
        lanes[step.channel] = lane
        lane.take(step, answer)
    }

    /// Sends a step on its way.
    ///
    /// - Parameter bound: How many topics there may be; in a cluster whether this one may begin.
    func perform(_ step: TopicStep, bound: Int64, _ answer: @escaping TopicStep.Answer) {
        epochsOffered += 1
        var arguments: [RedisArgument] = []
        arguments.reserveCapacity(5 + step.arguments.count)
        arguments.append(.run)
        arguments.append(.text(epochPrefix + String(epochsOffered, radix: 36)))
        arguments.append(.integer(step.bounds.idleMilliseconds))
        arguments.append(.integer(bound))
        arguments.append(.text(step.channel))
        arguments.append(contentsOf: step.arguments)
        places.run(step.script, keys: step.keys, arguments, at: .topic(step.channel)) { result in
            guard case .success(let reply) = result else { return answer(nil) }
            answer(reply.members)
        }
    }

    /// Enters a topic's name among those of the cluster.
    func enter(_ step: TopicStep, _ answer: @escaping RedisConnection.Answer) {
        let arguments: [RedisArgument] = [
            .text(step.channel), .integer(step.bounds.idleMilliseconds),
            .integer(Int64(step.bounds.channels)),
        ]
        places.run(.enterTopic, keys: places.keys.names, arguments, at: .names, answer)
    }

    /// Nothing is on its way to a topic.
    func forget(_ lane: TopicLane) {
        if lanes[lane.channel] === lane { lanes[lane.channel] = nil }
    }

    func publish(
        _ draft: TopicDraft, _ bounds: TopicBounds, _ answer: @escaping (TopicPublishing) -> Void
    ) {
        let constants = constants(of: draft.channel)
        let arguments: [RedisArgument] = [
            .integer(Int64(bounds.ringCount)), .integer(Int64(bounds.ringBytes)),
            .bytes(constants.beginning), .bytes(draft.data), .text(draft.key ?? ""),
        ]
        let step = TopicStep(
            script: isCluster ? .publishClusterTopic : .publishTopic, channel: draft.channel,
            keys: constants.keys, bounds: bounds, arguments: arguments, full: 0, duePlace: 4)
        take(step) { members in
            guard let members, let status = members.first?.number else { return answer(.away) }
            guard members.count >= 4, let epoch = members[1].text, let offset = members[2].number else {
                return answer(.full)
            }
            let position = StreamPosition(epoch: epoch, offset: offset)
            answer(
                status == 2
                    ? .repeated(position) : .published(position, isFirst: members[3] == .integer(1)))
        }
    }

    private func constants(of channel: String) -> Constants {
        if let known = constants[channel] { return known }
        let made = Constants(
            keys: places.keys.topic(channel) + (isCluster ? [] : places.keys.names),
            beginning: RedisTopics.beginning(channel))
        if constants.count >= RedisTopics.constantsLimit { constants = [:] }
        constants[channel] = made
        return made
    }

    private static func beginning(_ channel: String) -> [UInt8] {
        var writer = JSONWriter(capacity: channel.utf8.count + 64)
        writer.beginObject()
        writer.field("type", "publication")
        writer.field("channel", channel)
        writer.field("epoch", "")
        writer.endObject()
        // Without the end of the empty text and of the object.
        return writer.finish().withSpan { [UInt8]($0.extracting(droppingLast: 2)) }
    }

    func read(
        _ channel: String, _ reading: TopicReading, _ bounds: TopicBounds,
        _ answer: @escaping (TopicFinding) -> Void
    ) {
        let arguments: [RedisArgument] = [
            reading.creates ? "1" : "0", .text(reading.known?.epoch ?? ""),
            .integer(reading.known?.offset ?? 0), reading.wantsRing ? "1" : "0",
        ]
        let step = TopicStep(
            script: isCluster ? .readClusterTopic : .readTopic, channel: channel,
            keys: constants(of: channel).keys, bounds: bounds, arguments: arguments, full: 3, duePlace: 7)
        take(step) { members in answer(members.map { RedisTopics.finding($0) } ?? .away) }
    }

    private static func finding(_ members: [RedisReply]) -> TopicFinding {
        guard members.count >= 7, let epoch = members[1].text, let offset = members[2].number,
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
        places.names(beginningWith: prefix, answer)
    }

    /// The command for the names that begin so.
    static func names(beginningWith prefix: String, in keys: RedisKeys) -> [RedisArgument] {
        // No name has the byte 0xFF.
        let end = Array("[\(prefix)".utf8) + [0xFF]
        return ["ZRANGEBYLEX", .text(keys.names[0]), .text("[\(prefix)"), .bytes(end)]
    }
}
