import PubSub
import Reactor
import Telemetry

/// One Redis as a loop uses it: a connection for commands and one that listens.
final class RedisNode: RedisConnectionOwner {
    private struct Subscription {
        let channel: BrokerChannel
        let listener: any BrokerListener
        var isLive = false
    }

    private let loop: EventLoop
    private let settings: RedisSettings
    private lazy var commands = RedisConnection(
        loop, address, settings, role: .commands, owner: self)
    private lazy var listening = RedisConnection(
        loop, address, settings, role: .subscriber, owner: self)
    private let address: RedisAddress
    private var subscriptions: [String: Subscription] = [:]
    /// What Redis calls the scripts that it has been told.
    private var digests: [String: String] = [:]
    /// Why steps were refused the last time.
    private var refusals: [String: String] = [:]
    /// Hears when commands can be sent, perhaps again.
    var onReady: (() -> Void)?

    init(_ loop: EventLoop, _ address: RedisAddress, _ settings: RedisSettings) {
        self.loop = loop
        self.address = address
        self.settings = settings
    }

    func start() {
        commands.start()
        listening.start()
    }

    /// Whether it can be published to and listened to.
    var isConnected: Bool { commands.state == .ready && listening.state == .ready }

    /// What the Redis process calls itself: another one after each start and each failover.
    var run: String { commands.run }

    // MARK: Channels

    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        let name = channel.name
        guard subscriptions[name] == nil else { return }
        subscriptions[name] = Subscription(channel: channel, listener: listener)
        listening.send(["SUBSCRIBE", .text(name)])
    }

    func unsubscribe(from channel: BrokerChannel) {
        let name = channel.name
        guard subscriptions.removeValue(forKey: name) != nil else { return }
        listening.send(["UNSUBSCRIBE", .text(name)])
    }

    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        commands.publish(payload, to: channel.name)
    }

    // MARK: Commands

    func send(_ arguments: [RedisArgument], _ answer: RedisConnection.Answer? = nil) {
        commands.send(arguments, answer)
    }

    /// Runs a script; by its digest where Redis knows it.
    func run(
        _ script: RedisScript, keys: [String], _ arguments: [RedisArgument],
        _ answer: @escaping RedisConnection.Answer
    ) {
        let rest = [.integer(Int64(keys.count))] + keys.map { RedisArgument.text($0) } + arguments
        guard let digest = digests[script.name] else {
            return commands.send(["EVAL", .text(script.source)] + rest, checked(script, answer))
        }
        commands.send(["EVALSHA", .text(digest)] + rest) { [weak self] result in
            // Its scripts were flushed, or another server has taken its place.
            guard let self else { return answer(.failure(.away)) }
            guard case .success(.error(let words)) = result, words.hasPrefix("NOSCRIPT") else {
                return answer(checked(script, result))
            }
            digests[script.name] = nil
            commands.send(["EVAL", .text(script.source)] + rest, checked(script, answer))
        }
    }

    private func checked(
        _ script: RedisScript, _ answer: @escaping RedisConnection.Answer
    ) -> RedisConnection.Answer {
        { [weak self] in answer(self?.checked(script, $0) ?? .failure(.away)) }
    }

    private func checked(
        _ script: RedisScript, _ result: Result<RedisReply, RedisError>
    ) -> Result<RedisReply, RedisError> {
        guard case .success(.error(let words)) = result else { return result }
        // Once for each cause: a Redis that is full refuses each publication.
        if refusals.updateValue(words, forKey: script.name) != words {
            Log.warning("Redis refused the step \(script.name): \(words)")
        }
        return .failure(.refused(words))
    }

    // MARK: Connections

    func connected(_ connection: RedisConnection) {
        if connection === commands {
            digests = [:]
            refusals = [:]
            for script in RedisScript.all {
                connection.send(["SCRIPT", "LOAD", .text(script.source)]) { [weak self] result in
                    if case .success(let reply) = result { self?.digests[script.name] = reply.text }
                }
            }
            onReady?()
        } else {
            for name in subscriptions.keys { connection.send(["SUBSCRIBE", .text(name)]) }
        }
    }

    func disconnected(_ connection: RedisConnection) {
        guard connection === listening else { return }
        for name in subscriptions.keys where subscriptions[name]?.isLive == true {
            subscriptions[name]?.isLive = false
            if let lost = subscriptions[name] { lost.listener.brokerLost(lost.channel) }
        }
    }

    func received(_ reply: RedisReply, on connection: RedisConnection) {
        guard let members = reply.members, members.count == 3, let kind = members[0].text,
            let name = members[1].text
        else { return }
        switch kind {
        case "message":
            guard case .bytes(let payload) = members[2], let subscription = subscriptions[name] else {
                return
            }
            subscription.listener.brokerDelivered(payload, on: subscription.channel)
        case "subscribe":
            guard subscriptions[name]?.isLive == false else { return }
            subscriptions[name]?.isLive = true
            if let subscription = subscriptions[name] {
                subscription.listener.brokerSubscribed(to: subscription.channel)
            }
        default: break
        }
    }
}
