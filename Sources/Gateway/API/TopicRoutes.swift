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
                    return .json(try await TopicRoutes.publish([body], principal, topics, nil)[0].get())
                }
                guard items.count <= TopicRoutes.batchLimit else {
                    throw ClientError(.tooLarge, "At most \(TopicRoutes.batchLimit) publications at once.")
                }
                let results = await TopicRoutes.publish(items, principal, topics, pace)
                return .json(
                    TopicRoutes.list(
                        results.map { result in
                            do throws(ClientError) {
                                return try result.get()
                            } catch {
                                return SharedBytes(error.encoded(id: nil, requestID: request.requestID))
                            }
                        }))
            }
        ]
    }

    /// Publishes, all on their way at once: where topics are shared, each takes a way to Redis and back.
    ///
    /// - Parameter pace: Counts those after the first, which was counted as the request itself.
    /// - Returns: The answers in the order of the items.
    private static func publish(
        _ items: [JSONValue], _ principal: Principal, _ topics: Mailbox<TopicMail>, _ pace: PersonPace?
    ) async -> [Result<SharedBytes, ClientError>] {
        await withCheckedContinuation { continuation in
            let answers = GatheredAnswers(items.count) { continuation.resume(returning: $0) }
            for (index, item) in items.enumerated() {
                do throws(ClientError) {
                    if index > 0 { try pace?.take(principal) }
                    topics.post(
                        .publish(try publication(item, principal, .call { answers.set(index, $0) })))
                } catch {
                    answers.set(index, .failure(error))
                }
            }
        }
    }

    private static func list(_ answers: [SharedBytes]) -> SharedBytes {
        var writer = JSONWriter()
        writer.beginArray()
        for answer in answers { writer.raw(answer.span) }
        writer.endArray()
        return SharedBytes(writer.span)
    }

    private static func publication(
        _ item: JSONValue, _ principal: Principal, _ reply: ReplyTarget
    ) throws(ClientError) -> TopicPublication {
        guard item.object != nil else {
            throw ClientError(.invalidMessage, "A publication is a JSON object.")
        }
        guard let channel = try item.text("channel", 1...ProtocolLimits.channelBytes),
            StreamKind(channel) == .topic, ChannelPattern(streams: channel) != nil,
            !ChannelPattern.isPattern(channel)
        else { throw .invalid("channel", "Only topics can be published to.") }
        guard let data = item["data"] else { throw .invalid("data", "A publication needs \"data\".") }
        guard principal.mayPublish(channel) else {
            throw principal.publishRefusal(channel)
        }
        var writer = JSONWriter()
        data.write(to: &writer)
        let bytes = [UInt8](writer.span)
        let clientID = try item.text("client_id", 1...ProtocolLimits.idBytes)
        return TopicPublication(
            channel: channel, data: bytes, publisher: principal.user, clientID: clientID, reply: reply)
    }
}
