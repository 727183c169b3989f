import Bytes
import PubSub
import Reactor

/// A cluster of Redis: things live at the master that has their slot, and move with it.
///
/// Channels are those of shards, so that a publication does not go to every member. A guide asks some member who has
/// which slots: every few seconds, and at once when a step is turned away, a listener is sent off or a master is lost.
final class RedisCluster: RedisPlaces, RedisNodeOwner {
    /// How often it is asked who has which slots, in milliseconds.
    private static let interval: Int64 = 5000
    /// In how many parts the leases are kept, so that one master's loss concerns few.
    private static let books = 8
    /// What it is called until it is known who belongs to it.
    private static let label = "cluster"

    private struct Subscription {
        let channel: BrokerChannel
        let listener: any BrokerListener
        let slot: Int
        var node: RedisNode?
    }

    let keys = RedisKeys(isCluster: true)
    let bookCount = RedisCluster.books
    var onReady: (((RedisPlace) -> Bool, Bool) -> Void)?
    private let loop: EventLoop
    private let settings: RedisSettings
    private let seeds: [RedisAddress]
    private var map = SlotMap()
    private var nodes: [SlotMap.Member: RedisNode] = [:]
    /// Connections of members that are gone, for those that come.
    private var idle: [RedisNode] = []
    /// What each member called its process when it was there the last time.
    private var runs: [SlotMap.Member: String] = [:]
    private var subscriptions: [String: Subscription] = [:]
    private lazy var traffic = ClusterTraffic(loop, patience: settings.timeoutMilliseconds, self)
    private lazy var guide = RedisGuide(
        loop, settings, .clusterGuide, seeds, question: ["CLUSTER", "SLOTS"], every: RedisCluster.interval
    ) { [unowned self] in heard($0) }

    init(_ loop: EventLoop, _ seeds: [RedisAddress], _ settings: RedisSettings) {
        self.loop = loop
        self.seeds = seeds
        self.settings = settings
    }

    func start() {
        guide.onFailure = { [unowned self] words in complain(words) }
        guide.start()
        settings.status.note(RedisCluster.label, loop: loop.index, isConnected: false)
    }

    private func complain(_ words: String) {
        // While a member answers, others may be away.
        guard !nodes.values.contains(where: \.isConnected) else { return }
        settings.status.complain(of: RedisCluster.label, "the cluster of Redis is away: \(words)")
    }

    // MARK: The map

    private func heard(_ reply: RedisReply) -> String? {
        if case .error(let words) = reply { return words }
        guard let host = guide.address?.host, let heard = SlotMap(reply, from: host) else {
            return "it knows nobody who has slots"
        }
        settings.status.settle(RedisCluster.label)
        adopt(heard)
        guide.isTroubled = nodes.values.contains { !$0.isConnected }
        return nil
    }

    private func adopt(_ heard: SlotMap) {
        let isFirst = map.masters.isEmpty
        map = heard
        for member in heard.masters { connect(member, isFirst: isFirst) }
        if isFirst { settings.status.forget(RedisCluster.label, loop: loop.index) }
        var gone: [RedisNode] = []
        for (member, node) in nodes where !heard.masters.contains(member) {
            nodes[member] = nil
            runs[member] = nil
            gone.append(node)
        }
        place(gone)
        for node in gone { node.stop() }
        idle += gone
        let known = (heard.masters + heard.replicas).map { seeds[0].at($0.host, port: $0.port) }
        guide.addresses = known + seeds.filter { !known.contains($0) }
    }

    @discardableResult
    private func connect(_ member: SlotMap.Member, isFirst: Bool) -> RedisNode {
        if let node = nodes[member] { return node }
        let address = seeds[0].at(member.host, port: member.port)
        let node = idle.popLast() ?? RedisNode(loop, nil, settings, .clusterNode, owner: self)
        nodes[member] = node
        // One that takes another's place may know less than that one did.
        if !isFirst { runs[member] = "" }
        node.move(to: address)
        node.start()
        return node
    }

    /// Something is not where it was.
    func look() { guide.ask() }

    /// A step was turned away, since its slot has moved.
    func moved(_ slot: Int, _ host: String, _ port: UInt16, by node: RedisNode?) {
        if let member = member(host, port, by: node) {
            map.assign(slot, to: member)
            connect(member, isFirst: false)
        }
        guide.ask()
    }

    /// A member by what another one calls it.
    func member(_ host: String, _ port: UInt16, by node: RedisNode?) -> SlotMap.Member? {
        let host = host.isEmpty ? node?.address?.host ?? "" : host
        return host.isEmpty ? nil : SlotMap.Member(host: host, port: port)
    }

    func node(of slot: Int) -> RedisNode? { map.master(of: slot).flatMap { nodes[$0] } }

    /// A member that may have no slots yet.
    func node(at member: SlotMap.Member) -> RedisNode { connect(member, isFirst: false) }

    // MARK: Nodes

    func nodeReady(_ node: RedisNode) {
        guard let member = nodes.first(where: { $0.value === node })?.key else { return }
        let before = runs.updateValue(node.run, forKey: member)
        onReady?(
            { [unowned self] place in self.node(of: keys.slot(of: place)) === node },
            before != nil && before != node.run)
    }

    func nodeTroubled(_ node: RedisNode, _ words: String) { guide.ask() }

    // MARK: Channels

    /// Listens to each channel where its slot is; where nobody has it, as before, but not at those that are gone.
    private func place(_ gone: [RedisNode]) {
        for (name, subscription) in subscriptions {
            let (node, old) = (node(of: subscription.slot), subscription.node)
            guard node !== old, node != nil || gone.contains(where: { $0 === old }) else { continue }
            subscriptions[name]?.node = node
            old?.release(subscription.channel)
            node?.subscribe(to: subscription.channel, subscription.listener)
        }
        for node in nodes.values { node.subscribeAgain() }
    }

    func reaches(_ channel: BrokerChannel) -> Bool {
        node(of: HashSlot.of(channel.name))?.isConnected ?? false
    }

    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        let name = channel.name
        guard subscriptions[name] == nil else { return }
        let slot = HashSlot.of(name)
        let node = node(of: slot)
        subscriptions[name] = Subscription(channel: channel, listener: listener, slot: slot, node: node)
        node?.subscribe(to: channel, listener)
    }

    func unsubscribe(from channel: BrokerChannel) {
        subscriptions.removeValue(forKey: channel.name)?.node?.unsubscribe(from: channel)
    }

    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        let name = channel.name
        let slot = HashSlot.of(name)
        guard let node = node(of: slot), node.takesCommands else { return false }
        traffic.take(.command(["SPUBLISH", .text(name), .bytes([UInt8](payload))]), in: slot) { _ in }
        return true
    }

    // MARK: Commands

    func send(_ arguments: [RedisArgument], at place: RedisPlace, _ answer: RedisConnection.Answer?) {
        traffic.take(.command(arguments), in: keys.slot(of: place)) { answer?($0) }
    }

    func run(
        _ script: RedisScript, keys names: [String], _ arguments: [RedisArgument], at place: RedisPlace,
        _ answer: @escaping RedisConnection.Answer
    ) {
        traffic.take(.script(script, keys: names, arguments), in: keys.slot(of: place), answer)
    }

    func names(beginningWith prefix: String, _ answer: @escaping ([String]?) -> Void) {
        send(RedisTopics.names(beginningWith: prefix, in: keys), at: .names) { result in
            guard case .success(let reply) = result, let members = reply.members else { return answer(nil) }
            answer(members.compactMap(\.text))
        }
    }
}
