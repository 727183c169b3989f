import PubSub

/// What keys are called, and what decides on the slot of each in a cluster.
///
/// A script in a cluster reaches one slot only, that of the channel on which it publishes among others. So a room's keys
/// have the presence channel's name for their hash tag there; a topic's have the topic's everywhere.
struct RedisKeys: Sendable {
    /// Whether all keys of a step and the channel it publishes on have to share a slot.
    let isCluster: Bool

    /// People, seats, version, seats leased ahead.
    func room(_ room: String) -> [String] { ["people", "seats", "version", "spares"].map { key(room, $0) } }

    /// Whether somebody is there, as it was told last; that nobody is, for a while.
    func occupied(_ room: String) -> [String] { ["occupied", "vacated"].map { key(room, $0) } }

    private func key(_ room: String, _ name: String) -> String {
        "stoa:{\(isCluster ? RedisKeys.presence(room) : room)}:\(name)"
    }

    /// State, ring, keys of repeats and their order.
    func topic(_ name: String) -> [String] {
        ["state", "ring", "recent", "order"].map { "stoa:{\(name)}:\($0)" }
    }

    /// The topics' names, and when each was used.
    var names: [String] {
        isCluster
            ? ["stoa:{topics}:names", "stoa:{topics}:used"] : ["stoa:topics:names", "stoa:topics:used"]
    }

    /// The leases of a part of the ledger.
    func instances(_ book: Int) -> String { isCluster ? "stoa:{book-\(book)}:instances" : "stoa:instances" }

    /// The rooms of a loop in a part of the ledger.
    func rooms(_ loop: String, _ book: Int) -> String {
        isCluster ? "stoa:{book-\(book)}:rooms:\(loop)" : "stoa:rooms:\(loop)"
    }

    func once(_ name: String) -> String { "stoa:once:\(name)" }

    func rate(_ name: String) -> String { "stoa:rate:\(name)" }

    /// How many of something of somebody each process has.
    func held(_ name: String) -> String { "stoa:held:\(name)" }

    /// Which process has a duty.
    func duty(_ name: String) -> String { "stoa:duty:\(name)" }

    private static func presence(_ room: String) -> String { BrokerChannel(.presence, of: room).name }

    /// The slot of a place in a cluster.
    func slot(of place: RedisPlace) -> Int {
        switch place {
        case .room(let room): HashSlot.of(RedisKeys.presence(room))
        case .topic(let name): HashSlot.of(name)
        case .once(let name): HashSlot.of(once(name))
        case .rate(let name): HashSlot.of(rate(name))
        case .held(let name): HashSlot.of(held(name))
        case .duty(let name): HashSlot.of(duty(name))
        case .book(let book): HashSlot.of("book-\(book)")
        case .names: HashSlot.of("topics")
        }
    }
}
