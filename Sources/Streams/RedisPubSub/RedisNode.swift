import PubSub
import Reactor

/// Who hears of a server's state.
protocol RedisNodeOwner: AnyObject {
    /// It takes commands, perhaps again.
    func nodeReady(_ node: RedisNode)
    /// It cannot be reached, and why, or it says that something is not there any more.
    func nodeTroubled(_ node: RedisNode, _ words: String)
}

/// One Redis as a loop uses it: a connection for commands and one that listens.
final class RedisNode: RedisConnectionOwner {
    private struct Subscription {
        let channel: BrokerChannel
        let listener: any BrokerListener
        var isLive = false
    }

    private let loop: EventLoop
    private let settings: RedisSettings
    private let kind: RedisGreeting.Kind
    private unowned let owner: any RedisNodeOwner
    private lazy var commands = RedisConnection(
        loop, address, settings, role: .commands, kind: kind, owner: self)
    private lazy var listening = RedisConnection(
        loop, address, settings, role: .subscriber, kind: kind, owner: self)
    private(set) var address: RedisAddress?
    private var subscriptions: [String: Subscription] = [:]
    /// What Redis calls the scripts that it has been told.
    private var digests: [String: String] = [:]

    init(
        _ loop: EventLoop, _ address: RedisAddress?, _ settings: RedisSettings, _ kind: RedisGreeting.Kind,
        owner: any RedisNodeOwner
    ) {
        self.loop = loop
        self.address = address
        self.settings = settings
        self.kind = kind
        self.owner = owner
    }

    func start() {
        note()
        commands.start()
        listening.start()
    }

    func stop() {
        commands.stop()
        listening.stop()
        settings.status.forget(label, loop: loop.index)
    }

    /// Takes it for lost.
    func giveUp(_ words: String) {
        commands.giveUp(words)
        listening.giveUp(words)
    }

    private var label: String { settings.deployment.label(of: address) }

    private func note() { settings.status.note(label, loop: loop.index, isConnected: isConnected) }

    /// Another server is meant from now on.
    func move(to other: RedisAddress) {
        address = other
        commands.move(to: other)
        listening.move(to: other)
    }

    /// Whether it can be published to and listened to.
    var isConnected: Bool { takesCommands && listening.state == .ready }

    /// Whether it can be asked.
    var takesCommands: Bool { commands.state == .ready }

    /// What the Redis process calls itself: another one after each start and each failover.
    var run: String { commands.run }

    private var isSharded: Bool { kind == .clusterNode }

    // MARK: Channels

    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        let name = channel.name
        guard subscriptions[name] == nil else { return }
        subscriptions[name] = Subscription(channel: channel, listener: listener)
        sendSubscribe(name)
    }

    private func sendSubscribe(_ name: String) {
        listening.send([isSharded ? "SSUBSCRIBE" : "SUBSCRIBE", .text(name)])
    }

    func unsubscribe(from channel: BrokerChannel) {
        let name = channel.name
        guard subscriptions.removeValue(forKey: name) != nil else { return }
        listening.send([isSharded ? "SUNSUBSCRIBE" : "UNSUBSCRIBE", .text(name)])
    }

    /// Lets go of a channel that is elsewhere; its listener is told where it was heard here.
    func release(_ channel: BrokerChannel) {
        let subscription = subscriptions[channel.name]
        unsubscribe(from: channel)
        if let subscription, subscription.isLive { subscription.listener.brokerLost(channel) }
    }

    /// Asks again for the channels that are not heard.
    func subscribeAgain() {
        guard listening.state == .ready else { return }
        for (name, subscription) in subscriptions where !subscription.isLive { sendSubscribe(name) }
    }

    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        commands.publish(payload, to: channel.name)
    }

    // MARK: Commands

    /// Sends a command; where the server only is about to have the slot, by its leave.
    func send(
        _ arguments: [RedisArgument], asking: Bool = false, _ answer: RedisConnection.Answer? = nil
    ) {
        if asking { commands.send(["ASKING"]) }
        commands.send(arguments, answer)
    }

    private func source(of script: RedisScript) -> String {
        isSharded ? script.shardedSource : script.source
    }

    /// Runs a script; by its digest where Redis knows it.
    func run(
        _ script: RedisScript, keys: [String], _ arguments: [RedisArgument], asking: Bool = false,
        _ answer: @escaping RedisConnection.Answer
    ) {
        guard let digest = digests[script.name] else {
            return evaluate(script, keys, arguments, asking, answer)
        }
        let command = RedisNode.command("EVALSHA", digest, keys, arguments)
        send(command, asking: asking) { [weak self] result in
            // Its scripts were flushed, or another server has taken its place.
            guard let self else { return answer(.failure(.away)) }
            guard case .success(.error(let words)) = result, words.hasPrefix("NOSCRIPT") else {
                return answer(checked(script, result))
            }
            digests[script.name] = nil
            evaluate(script, keys, arguments, asking, answer)
        }
    }

    private func evaluate(
        _ script: RedisScript, _ keys: [String], _ arguments: [RedisArgument], _ asking: Bool,
        _ answer: @escaping RedisConnection.Answer
    ) {
        send(
            RedisNode.command("EVAL", source(of: script), keys, arguments), asking: asking,
            checked(script, answer))
    }

    private static func command(
        _ name: RedisArgument, _ script: String, _ keys: [String], _ arguments: [RedisArgument]
    ) -> [RedisArgument] {
        var command: [RedisArgument] = []
        command.reserveCapacity(3 + keys.count + arguments.count)
        command.append(name)
        command.append(.text(script))
        command.append(.integer(Int64(keys.count)))
        for key in keys { command.append(.text(key)) }
        command.append(contentsOf: arguments)
        return command
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
        if isSharded, ClusterRedirection(words) != nil { return result }
        settings.status.wasRefused()
        // Once for each cause: a Redis that is full refuses each publication.
        settings.status.complain(of: label, "Redis refused the step \(script.name): \(words)")
        return .failure(.refused(words))
    }

    // MARK: Connections

    func connected(_ connection: RedisConnection) {
        note()
        if connection === commands {
            digests = [:]
            for script in isSharded ? RedisScript.allSharded : RedisScript.all {
                connection.send(["SCRIPT", "LOAD", .text(source(of: script))]) { [weak self] result in
                    if case .success(let reply) = result { self?.digests[script.name] = reply.text }
                }
            }
            owner.nodeReady(self)
        } else {
            subscribeAgain()
        }
    }

    func disconnected(_ connection: RedisConnection) {
        note()
        guard connection === listening else { return }
        for name in subscriptions.keys { lose(name) }
    }

    func failed(_ connection: RedisConnection, _ words: String) {
        settings.status.complain(of: label, "Redis at \(address?.name ?? "") is away: \(words)")
        owner.nodeTroubled(self, words)
    }

    private func lose(_ name: String) {
        guard subscriptions[name]?.isLive == true else { return }
        subscriptions[name]?.isLive = false
        if let lost = subscriptions[name] { lost.listener.brokerLost(lost.channel) }
    }

    func received(_ reply: RedisReply, on connection: RedisConnection) {
        if case .error(let words) = reply { return refusedToListen(words) }
        guard let members = reply.members, members.count == 3, let kind = members[0].text,
            let name = members[1].text
        else { return }
        switch kind {
        case "message", "smessage":
            guard case .bytes(let payload) = members[2], let subscription = subscriptions[name] else {
                return
            }
            subscription.listener.brokerDelivered(payload, on: subscription.channel)
        case "subscribe", "ssubscribe":
            guard subscriptions[name]?.isLive == false else { return }
            subscriptions[name]?.isLive = true
            if let subscription = subscriptions[name] {
                subscription.listener.brokerSubscribed(to: subscription.channel)
            }
        case "sunsubscribe" where subscriptions[name]?.isLive == true:
            // We did not ask for it: the slot has moved.
            lose(name)
            owner.nodeTroubled(self, "MOVED")
        default: break
        }
    }

    private func refusedToListen(_ words: String) {
        if let redirection = ClusterRedirection(words) {
            if redirection == .down { giveUp("its cluster is down") }
            return owner.nodeTroubled(self, words)
        }
        settings.status.complain(
            of: label, "Redis at \(address?.name ?? "") lets us not listen to a channel: \(words)")
    }
}
