/// Which master has which slots of a cluster, by what one of its members said.
struct SlotMap: Equatable {
    /// A member.
    struct Member: Hashable {
        /// Host; never empty.
        let host: String
        let port: UInt16
    }

    /// The masters.
    private(set) var masters: [Member] = []
    /// All others.
    private(set) var replicas: [Member] = []
    /// The place in `masters` of each slot's, -1 for none.
    private var places: [Int16] = []

    /// Knows nothing.
    init() {}

    /// Reads the answer to `CLUSTER SLOTS`.
    ///
    /// - Parameters:
    ///   - reply: From, to, and for each the master and its replicas as host, port and more.
    ///   - asked: Whom a member without an address stands for.
    init?(_ reply: RedisReply, from asked: String) {
        guard let ranges = reply.members, !ranges.isEmpty else { return nil }
        places = Array(repeating: -1, count: HashSlot.count)
        for range in ranges {
            guard let fields = range.members, fields.count >= 3, let first = fields[0].number,
                let last = fields[1].number, first >= 0, first <= last, last < Int64(HashSlot.count),
                let master = SlotMap.member(fields[2], asked)
            else { return nil }
            let place = masters.firstIndex(of: master) ?? masters.count
            if place == masters.count { masters.append(master) }
            for slot in Int(first)...Int(last) { places[slot] = Int16(place) }
            for field in fields[3...] {
                if let replica = SlotMap.member(field, asked), !replicas.contains(replica) {
                    replicas.append(replica)
                }
            }
        }
    }

    private static func member(_ reply: RedisReply, _ asked: String) -> Member? {
        guard let fields = reply.members, fields.count >= 2, let port = fields[1].number,
            let number = UInt16(exactly: port)
        else { return nil }
        // Null, empty or "?" where it does not know its own.
        let host = fields[0].text ?? ""
        return Member(host: host.isEmpty || host == "?" ? asked : host, port: number)
    }

    /// Who has a slot; nil where nobody has.
    func master(of slot: Int) -> Member? {
        guard !places.isEmpty, places[slot] >= 0 else { return nil }
        return masters[Int(places[slot])]
    }

    /// Takes note of a slot that has moved.
    mutating func assign(_ slot: Int, to member: Member) {
        if places.isEmpty { places = Array(repeating: -1, count: HashSlot.count) }
        let place = masters.firstIndex(of: member) ?? masters.count
        if place == masters.count { masters.append(member) }
        places[slot] = Int16(place)
    }
}
