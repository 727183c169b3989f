import PubSub
import Reactor

/// Servers of their own: with several of them a thing lives at the one that the hash of its key names, in every process
/// the same.
///
/// With Sentinels there is one, whose address they say: they are asked when it is lost and every second, and only what
/// takes writes is taken for it.
final class RedisServers: RedisPlaces, RedisNodeOwner {
    /// How often Sentinels are asked, in milliseconds.
    private static let interval: Int64 = 1000

    let keys = RedisKeys(isCluster: false)
    private(set) var nodes: [RedisNode] = []
    private var guide: RedisGuide?
    /// What each server called its process when it was there the last time.
    private var runs: [Int: String] = [:]
    /// How often there had been a failover by what a Sentinel said: one that says less is behind.
    private var failovers: Int64 = 0
    private let settings: RedisSettings
    var onReady: (((RedisPlace) -> Bool, Bool) -> Void)?

    /// Servers by hash.
    init(_ loop: EventLoop, _ addresses: [RedisAddress], _ settings: RedisSettings) {
        self.settings = settings
        nodes = addresses.map { RedisNode(loop, $0, settings, .server, owner: self) }
    }

    /// The master that Sentinels name.
    init(_ loop: EventLoop, _ address: SentinelAddress, _ settings: RedisSettings) {
        self.settings = settings
        nodes = [RedisNode(loop, nil, settings, .master, owner: self)]
        let guide = RedisGuide(
            loop, settings, .sentinel, address.sentinels,
            question: ["SENTINEL", "MASTER", .text(address.master)],
            every: RedisServers.interval
        ) { [unowned self] reply in
            let words = heard(reply, address)
            if let words { complain("the Sentinels: \(words)", of: address) }
            return words
        }
        guide.onFailure = { [unowned self] words in complain("the Sentinel at \(words)", of: address) }
        self.guide = guide
    }

    func start() {
        for node in nodes { node.start() }
        guide?.start()
    }

    // MARK: Sentinels

    /// Takes a Sentinel's word; says what is wrong with it.
    private func heard(_ reply: RedisReply, _ address: SentinelAddress) -> String? {
        if case .error(let words) = reply {
            return words.contains("No such master") ? "there is no master called \(address.master)" : words
        }
        guard let (master, count) = address.master(in: reply) else { return "the answer names no address" }
        // What Sentinels count may begin anew, when they are set up again.
        guard count >= failovers || !nodes[0].takesCommands else {
            return "it has not heard of the last failover"
        }
        failovers = count
        nodes[0].move(to: master)
        guide?.isTroubled = !nodes[0].isConnected
        return nil
    }

    /// Not while there is a master.
    private func complain(_ words: String, of address: SentinelAddress) {
        guard !nodes[0].isConnected else { return }
        settings.status.complain(of: address.master, "the master is not known: \(words)")
    }

    // MARK: Nodes

    func nodeReady(_ node: RedisNode) {
        guard let place = nodes.firstIndex(where: { $0 === node }) else { return }
        let before = runs.updateValue(node.run, forKey: place)
        onReady?({ [unowned self] in self.place(of: $0) == place }, before != nil && before != node.run)
    }

    func nodeTroubled(_ node: RedisNode, _ words: String) { guide?.ask() }

    var bookCount: Int { nodes.count }

    private func place(of place: RedisPlace) -> Int {
        switch place {
        case .room(let key), .topic(let key), .once(let key), .rate(let key), .held(let key),
            .duty(let key):
            nodes.place(of: key)
        case .book(let book): book
        case .names: 0
        }
    }

    private func node(of channel: BrokerChannel) -> RedisNode { nodes[nodes.place(of: channel.key)] }

    // MARK: Channels

    func reaches(_ channel: BrokerChannel) -> Bool { node(of: channel).isConnected }

    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        node(of: channel).subscribe(to: channel, listener)
    }

    func unsubscribe(from channel: BrokerChannel) { node(of: channel).unsubscribe(from: channel) }

    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        node(of: channel).publish(payload, to: channel)
    }

    // MARK: Commands

    func send(_ arguments: [RedisArgument], at place: RedisPlace, _ answer: RedisConnection.Answer?) {
        nodes[self.place(of: place)].send(arguments, answer)
    }

    func run(
        _ script: RedisScript, keys: [String], _ arguments: [RedisArgument], at place: RedisPlace,
        _ answer: @escaping RedisConnection.Answer
    ) {
        nodes[self.place(of: place)].run(script, keys: keys, arguments, answer)
    }

    func names(beginningWith prefix: String, _ answer: @escaping ([String]?) -> Void) {
        var found: [String]? = []
        var left = nodes.count
        for node in nodes {
            node.send(RedisTopics.names(beginningWith: prefix, in: keys)) { result in
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

extension [RedisNode] {
    /// Where a key lives.
    func place(of key: String) -> Int { count > 1 ? StableHash.place(of: key, among: count) : 0 }
}
