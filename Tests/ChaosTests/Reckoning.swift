import Foundation
import StoaTesting

/// What must be true when peace has come: the invariants of the design.
struct Reckoning {
    private let plainMembers: [PlainMember]
    private let libraryMembers: [LibraryMember]
    private let rooms: [String]
    private let server: ServerProcess
    private let proxy: UInt16
    /// Messages in all rooms.
    private(set) var stored = 0

    /// - Parameters:
    ///   - server: Whose history is compared.
    ///   - proxy: The way to it.
    init(
        _ plainMembers: [PlainMember], _ libraryMembers: [LibraryMember] = [], rooms: [String],
        at server: ServerProcess, through proxy: UInt16
    ) {
        (self.plainMembers, self.libraryMembers) = (plainMembers, libraryMembers)
        (self.rooms, self.server, self.proxy) = (rooms, server, proxy)
    }

    /// Compares what everybody saw with what everybody was promised and what is stored.
    ///
    /// - Throws: ``Broken``.
    mutating func run() async throws {
        for room in rooms { try await check(room) }
        try await topics()
        for room in rooms { try await presence(room) }
    }

    private mutating func check(_ room: String) async throws {
        let (plain, library) = try await members(of: room)
        // Whose last word is acknowledged last, of that everybody must hear.
        var head: Int64 = 0
        for member in plain { head = max(head, try await member.say()) }
        for member in library { head = max(head, try await member.say()) }
        for member in plain { try await member.follow(to: head) }
        for member in library { try await member.follow(to: head) }
        var records: [MemberRecord] = []
        for member in plain { records.append(await member.record) }
        for member in library { records.append(await member.record) }
        let history = try await history(room)
        try Reckoning.compare(records, history)
        stored += history.count
    }

    private func members(of room: String) async throws -> ([PlainMember], [LibraryMember]) {
        var (plain, library) = ([PlainMember](), [LibraryMember]())
        for member in plainMembers where await member.record.room == room { plain.append(member) }
        for member in libraryMembers where await member.record.room == room { library.append(member) }
        return (plain, library)
    }

    /// Everything that a room's store has, page by page.
    private func history(_ room: String) async throws -> [Delivery] {
        var all: [Delivery] = []
        while true {
            let page = try await server.http(
                "GET", "/api/v1/rooms/\(room)/messages?limit=100&after=\(all.last?.seq ?? 0)",
                token: ServerProcess.token("u_owner"), proxy: proxy)
            guard page.status == 200, let messages = page.json?["messages"]?.array else {
                throw TestFailure("no history: \(page.text)")
            }
            if messages.isEmpty { return all }
            all += messages.map { message in
                Delivery(
                    seq: message["seq"]?.integer ?? -1, id: message["id"]?.string ?? "",
                    content: message["content"]?.string ?? "")
            }
        }
    }

    /// Invariants 1 to 5: one order without a hole, everything acknowledged in it once, and seen so by everybody.
    static func compare(_ records: [MemberRecord], _ history: [Delivery]) throws {
        guard history.map(\.seq) == Array(1...Int64(max(1, history.count))) else {
            throw Broken("seq has holes")
        }
        guard Set(history.map(\.content)).count == history.count else { throw Broken("a message is twice") }
        let places = Dictionary(uniqueKeysWithValues: history.map { ($0.content, $0.seq) })
        for record in records {
            guard record.deliveries == history else {
                let differs = zip(record.deliveries, history).first { $0 != $1 }
                throw Broken(
                    "\(record.user) saw \(record.deliveries.count) of \(history.count); first difference: "
                        + "\(differs.map { "\($0.0.seq) \($0.0.id), \($0.1.seq) \($0.1.id)" } ?? "the end")")
            }
            for (content, seq) in record.acknowledged where places[content] != seq {
                throw Broken(
                    "\(content.prefix(24)) was acknowledged at \(seq), is at \(places[content] ?? -1)")
            }
        }
    }

    /// Topics: the same publication at the same place for everybody, and what was acknowledged is what was given.
    private func topics() async throws {
        var all: [TopicFollower.Place: String] = [:]
        for member in plainMembers { all.merge(await member.topic.acknowledged) { $1 } }
        for member in plainMembers {
            for (place, data) in await member.topic.publications {
                let known = all[place] ?? data
                guard known == data else { throw Broken("\(place) is \(known) and \(data)") }
                all[place] = data
            }
        }
    }

    /// Invariant 6: who is there is there for everybody.
    private func presence(_ room: String) async throws {
        let (plain, library) = try await members(of: room)
        var users: Set<String> = []
        for member in plain { users.insert(await member.record.user) }
        for member in library { users.insert(await member.record.user) }
        for member in plain {
            try await Reckoning.settles(users, plain) { try await member.asked() }
            try await Reckoning.settles(users, plain) { try await member.present() }
        }
    }

    private static func settles(
        _ users: Set<String>, _ members: [PlainMember], _ seen: () async throws -> Set<String>
    ) async throws {
        var last: Set<String> = []
        do {
            try await eventually("presence", within: 20) {
                // Who reads nothing answers no ping, and is taken for gone.
                for member in members { _ = try await member.present() }
                last = try await seen()
                return last == users
            }
        } catch is TestFailure {
            throw Broken("present are \(last.sorted()), not \(users.sorted())")
        }
    }
}
