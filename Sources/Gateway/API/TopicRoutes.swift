import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import PubSub
import Reactor
import Rooms

/// Publishing over HTTP.
struct TopicRoutes {
    /// Publications in one request.
    private static let batchLimit = 100

    private let topics: Mailbox<TopicMail>
    private let pace: PersonPace

    init(_ topics: Mailbox<TopicMail>, _ pace: PersonPace) {
        self.topics = topics
        self.pace = pace
    }

    /// The routes.
    var all: [Route] {
        let (topics, pace) = (topics, pace)
        return [
            Route(.post, "/api/v1/publish") { (request) async throws(ClientError) in
                let principal = try request.person
                let body = try request.json
                guard let items = body.array else {
                    return .json(try await TopicRoutes.publish(body, principal, topics))
                }
                guard items.count <= TopicRoutes.batchLimit else {
                    throw ClientError(.tooLarge, "At most \(TopicRoutes.batchLimit) publications at once.")
                }
                return .json(
                    await TopicRoutes.publish(all: items, principal, topics, pace, request.requestID))
            }
        ]
    }

    private static func publish(
        all items: [JSONValue], _ principal: Principal, _ topics: Mailbox<TopicMail>, _ pace: PersonPace,
        _ requestID: String
    ) async -> SharedBytes {
        var answers: [SharedBytes] = []
        for (index, item) in items.enumerated() {
            do throws(ClientError) {
                // The request itself was counted as the first one.
                if index > 0 { try pace.take(principal) }
                answers.append(try await publish(item, principal, topics))
            } catch {
                answers.append(SharedBytes(error.encoded(id: nil, requestID: requestID)))
            }
        }
        return list(answers)
    }

    private static func list(_ answers: [SharedBytes]) -> SharedBytes {
        var writer = JSONWriter()
        writer.beginArray()
        for answer in answers { writer.raw(answer.span) }
        writer.endArray()
        return SharedBytes(writer.span)
    }

    private static func publish(
        _ item: JSONValue, _ principal: Principal, _ topics: Mailbox<TopicMail>
    ) async throws(ClientError) -> SharedBytes {
        guard item.object != nil else {
            throw ClientError(.invalidMessage, "A publication is a JSON object.")
        }
        guard let channel = try item.text("channel", 1...ProtocolLimits.channelBytes),
            ChannelPattern(topics: channel) != nil, !ChannelPattern.isPattern(channel)
        else { throw .invalid("channel", "Only topics can be published to.") }
        guard let data = item["data"] else { throw .invalid("data", "A publication needs \"data\".") }
        guard principal.mayPublish(channel) else {
            throw principal.publishRefusal(channel)
        }
        var writer = JSONWriter()
        data.write(to: &writer)
        let bytes = [UInt8](writer.span)
        let clientID = try item.text("client_id", 1...ProtocolLimits.idBytes)
        let result: Result<SharedBytes, ClientError> = await withCheckedContinuation { continuation in
            topics.post(
                .publish(
                    TopicPublication(
                        channel: channel, data: bytes, publisher: principal.user, clientID: clientID,
                        reply: .call { continuation.resume(returning: $0) })))
        }
        return try result.get()
    }
}
