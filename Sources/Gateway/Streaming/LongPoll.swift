import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import PubSub
import Reactor

/// One request that waits for what its channels say, and is answered with all that one turn brings.
///
/// Between two of them the client is nowhere: it comes back with its place, and what was said meanwhile is in the channels'
/// rings as it is for everybody who was away.
final class LongPoll: SubscriberOwner, MessageFraming, TimerTarget {
    private unowned let request: HTTPConnection
    private let gateway: GatewayLoop
    private let principal: Principal
    /// What is left to its person of their tier; nil where nothing is counted.
    private let reading: Meter.Reading?
    private var cursor: StreamCursor
    private let wantsPersonal: Bool
    private var subscriber: Subscriber?
    private var messages = JSONWriter(capacity: 256)
    private var count = 0
    private var timer = TimerID.none
    private var isAnswering = false

    /// Begins to wait.
    init(_ request: HTTPConnection, _ asked: StreamRequest, _ preparation: StreamPreparation) {
        self.request = request
        principal = preparation.principal
        reading = preparation.reading
        gateway = request.gateway
        cursor = asked.cursor
        wantsPersonal = asked.channels.contains("me")
        messages.beginArray()
        let subscriber = gateway.shard.add(
            request.connection, owner: self, isDeflating: false, framing: self)
        self.subscriber = subscriber
        gateway.counters.polls += 1
        let left = principal.expiresAt.milliseconds - Timestamp.now().milliseconds
        timer = gateway.loop.startTimer(
            after: max(0, min(asked.waitMilliseconds, left)), kind: 0, target: self)
        let topics = gateway.context.topics
        if wantsPersonal { topics.post(.attachPersonal(subscriber.handle, user: principal.inbox)) }
        guard case .subscribe(let channels, let since, let pace) = asked.command.body else { return }
        topics.post(
            .subscribe(
                TopicSubscription(
                    subscriber.handle, isDeflating: false, user: principal.inbox, channels: channels,
                    since: since, pace: pace, id: nil, lists: preparation.lists)))
    }

    func append(_ message: Span<UInt8>, to bytes: inout ByteBuffer) {
        let isNews = LongPoll.isNews(message)
        _ = cursor.note(message)
        guard isNews else { return }
        messages.raw(message)
        count += 1
        // What else this turn brings goes along.
        guard !isAnswering else { return }
        isAnswering = true
        gateway.mailbox.post(.pollHasNews(connection: request.id))
    }

    /// Whether a message is worth an answer: a `snapshot` that says of every channel that nothing of it was missed is not.
    private static func isNews(_ message: Span<UInt8>) -> Bool {
        guard let value = try? JSONValue(parsing: message), value["type"]?.string == "snapshot" else {
            return true
        }
        return value["channels"]?.object?.contains { $0.value["recovered"]?.bool != true } ?? true
    }

    /// Answers with what there is, be it nothing.
    func answer() {
        guard subscriber != nil else { return }
        end()
        do throws(TokenError) {
            try gateway.context.verifier.check(principal)
        } catch {
            return request.refuse(BearerToken.refusal(error))
        }
        messages.endArray()
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.key("messages")
        writer.raw(messages.span)
        writer.field("next", cursor.text)
        writer.endObject()
        var response = HTTPResponse(.ok, bytes: writer.span, type: .json)
        reading?.write(to: &response)
        request.answered(response)
    }

    /// Waits no more; nobody is answered.
    func end() {
        guard let subscriber else { return }
        self.subscriber = nil
        gateway.counters.polls -= 1
        gateway.loop.cancelTimer(&timer)
        gateway.context.topics.post(.gone(subscriber.handle, user: principal.inbox))
        gateway.shard.remove(subscriber)
        request.poll = nil
    }

    func timerFired(kind: UInt8) {
        timer = .none
        answer()
    }

    // MARK: What the shard tells

    func subscribed(to channel: String) {}
    func subscriptionRefused(to channel: String) {}
    func unsubscribed(from channel: String, cause: UnsubscribeCause) {}
    func closeRequested(code: UInt16, reason: String) { answer() }
    func fellBehind() { answer() }
}
