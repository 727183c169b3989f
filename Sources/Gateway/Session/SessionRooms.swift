import ClientProtocol

/// The rooms of a session: those it is in, and those it waits to be in with the requests that came meanwhile.
///
/// A client may send a join and, without waiting, what it wants to do in the room: these requests wait for the join's
/// outcome, so that nothing overtakes it.
struct SessionRooms {
    /// Requests that may wait for one join.
    static let waitingLimit = 64

    /// Nearly everybody is in one room, and there is one of this for every connection: the first needs no table.
    private var first: String?
    private var others: Set<String> = []
    private var joining: [String: [Command]] = [:]

    /// Whether a join has not had its outcome.
    var isJoining: Bool { !joining.isEmpty }

    /// How many there are.
    var count: Int { (first == nil ? 0 : 1) + others.count + joining.count }
    /// All of them.
    var all: [String] { (first.map { [$0] } ?? []) + Array(others) + Array(joining.keys) }

    func isJoined(_ room: String) -> Bool { first == room || others.contains(room) }
    func isJoining(_ room: String) -> Bool { joining[room] != nil }

    /// Whether requests wait for a join: a later one, a further join too, waits behind them.
    func hasWaiting(_ room: String) -> Bool { joining[room]?.isEmpty == false }

    /// Begins to wait for a join's outcome.
    mutating func joinBegins(_ room: String) { joining[room] = [] }

    /// Keeps a request until the join's outcome is there.
    ///
    /// - Returns: Whether there was room for it.
    mutating func deferRequest(_ command: Command, for room: String) -> Bool {
        guard let waiting = joining[room], waiting.count < SessionRooms.waitingLimit else { return false }
        joining[room]?.append(command)
        return true
    }

    /// The join has succeeded; gives the requests that waited.
    mutating func joined(_ room: String) -> [Command] {
        // A topic, not a room: nothing waits for it here.
        guard let waiting = end(room) else { return [] }
        if first == nil { first = room } else if first != room { others.insert(room) }
        return waiting
    }

    /// The join was refused; gives the requests that waited, which will be refused each by itself.
    mutating func refused(_ room: String) -> [Command] { end(room) ?? [] }

    private mutating func end(_ room: String) -> [Command]? {
        let waiting = joining.removeValue(forKey: room)
        if joining.isEmpty { joining = [:] }
        return waiting
    }

    /// The session is not in the room any more.
    mutating func left(_ room: String) {
        if first == room { first = nil } else { others.remove(room) }
    }
}
