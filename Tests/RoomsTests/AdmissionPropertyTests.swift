import ClientProtocol
import JSON
import Storage
import TestRandom
import Testing

@testable import PubSub
@testable import Rooms

@Suite("Joins against the rules")
struct AdmissionPropertyTests {
    /// What people do, and what the owner does at the same time.
    enum Operation {
        case join(user: Int)
        case leave(join: Int)
        case cut(join: Int)
        case ban(user: Int)
        case unban(user: Int)
        case remove(user: Int)
        case seats(Int)
        case lock(Bool)
        case rank(user: Int, isModerator: Bool)
        /// The home's loop turns once, so that the owner's doings and the joins mix.
        case breathe
        case settle
    }

    private static let users = 8

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        return (0..<220).map { _ in
            let user = number(0..<users)
            switch number(0..<52) {
            case 0..<20: return .join(user: user)
            case 20..<24: return .leave(join: number(0..<80))
            case 24..<28: return .cut(join: number(0..<80))
            case 28..<31: return .ban(user: user)
            case 31, 32: return .unban(user: user)
            case 33: return .remove(user: user)
            case 34, 35: return .seats(number(0..<6))
            case 36: return .lock(number(0..<3) == 0)
            case 37, 38: return .rank(user: user, isModerator: number(0..<2) == 0)
            case 39: return .settle
            default: return .breathe
            }
        }
    }

    @Test(
        "nobody banned is in, no room is over its seats, each join gets one answer (CONTRACT 3, B6)",
        arguments: 0..<24 as Range<UInt64>)
    func holds(seed: UInt64) async throws {
        let failure = try await shortestFailure(of: Self.operations(seed: seed)) { try await Self.run($0) }
        if let failure { Issue.record("\(failure)") }
    }

    private static func run(_ operations: [Operation]) async throws -> String? {
        var settings = RoomSettings()
        settings.graceMilliseconds = 0
        let rig = try await RoomRig(settings)
        let watcher = rig.newHandle()
        guard await rig.joined(watcher, RoomRig.owner) else { return "the owner is not let in" }
        let desk = OwnersDesk(rig)
        var joins: [(handle: SubscriberHandle, isEnded: Bool)] = []
        for operation in operations {
            switch operation {
            case .join(let user):
                joins.append((rig.newHandle(), false))
                rig.join(joins[joins.count - 1].handle, "u\(user)")
            case .leave(let index) where joins.indices.contains(index):
                joins[index].isEnded = true
                rig.post(.leave(room: rig.room, joins[index].handle, reply: .none))
            case .cut(let index) where joins.indices.contains(index):
                joins[index].isEnded = true
                rig.post(.gone(room: rig.room, joins[index].handle))
            case .leave, .cut: break
            case .breathe: _ = await rig.people()
            case .settle: await settle(rig, desk, joins)
            default: desk.take(operation)
            }
        }
        await settle(rig, desk, joins)
        await rig.mark("end")
        _ = await rig.log.wait { $0.contains { if case .broadcast("end", _) = $0 { true } else { false } } }
        return try await check(rig, joins)
    }

    private static func settle(
        _ rig: RoomRig, _ desk: OwnersDesk, _ joins: [(handle: SubscriberHandle, isEnded: Bool)]
    ) async {
        await desk.finish()
        let waiting = joins.filter { !$0.isEnded }.map(\.handle)
        _ = await rig.log.wait { letters in waiting.allSatisfy { !letters.answers(to: $0).isEmpty } }
    }

    private static func check(
        _ rig: RoomRig, _ joins: [(handle: SubscriberHandle, isEnded: Bool)]
    ) async throws -> String? {
        let letters = rig.log.letters
        for (number, join) in joins.enumerated() {
            let count = letters.answers(to: join.handle).count
            if join.isEnded ? count > 1 : count != 1 { return "join \(number) has \(count) answers" }
        }
        var ledger = AdmissionLedger()
        for letter in letters { ledger.take(letter) }
        if let problem = ledger.problems.first { return problem }
        let people = await rig.people()
        if !people.isDisjoint(with: ledger.banned) { return "somebody banned is here" }
        if people != ledger.people {
            return "\(people.sorted()) are here, \(ledger.people.sorted()) were told"
        }
        for user in ledger.banned {
            if try await rig.store.rooms.member(rig.room, user: user) != nil {
                return "\(user) is banned and a member"
            }
        }
        return nil
    }
}

/// Does what the owner asks one after the other, while others join.
private final class OwnersDesk {
    private let rig: RoomRig
    private var last: Task<Void, Never>?

    init(_ rig: RoomRig) { self.rig = rig }

    func take(_ operation: AdmissionPropertyTests.Operation) {
        let (rig, last) = (rig, last)
        self.last = Task {
            await last?.value
            await OwnersDesk.perform(operation, rig)
        }
    }

    func finish() async { await last?.value }

    /// What is refused, as a ban of somebody banned, is no matter.
    private static func perform(_ operation: AdmissionPropertyTests.Operation, _ rig: RoomRig) async {
        let (owner, service, room) = (RoomRig.principal(RoomRig.owner), rig.service, rig.room)
        var forming = RoomForming()
        switch operation {
        case .ban(let user):
            try? await service.ban(owner, room, user: "u\(user)", reason: nil, until: nil)
            await rig.mark("banned:u\(user)")
        case .unban(let user):
            await rig.mark("unbanned:u\(user)")
            try? await service.unban(owner, room, user: "u\(user)")
        case .remove(let user): try? await service.remove(owner, room, user: "u\(user)")
        case .seats(let count):
            forming.maxParticipants = count
            _ = try? await service.update(owner, room, forming)
        case .lock(let isLocked):
            forming.locked = isLocked
            _ = try? await service.update(owner, room, forming)
        case .rank(let user, let isModerator):
            try? await service.setRole(owner, room, user: "u\(user)", isModerator ? .moderator : .member)
        case .join, .leave, .cut, .breathe, .settle: break
        }
    }
}

/// Keeps the rules of admission over what the hub was told.
private struct AdmissionLedger {
    private(set) var people: Set<String> = []
    private(set) var banned: Set<String> = []
    private(set) var problems: [String] = []
    private var roles: [String: String] = [:]

    mutating func take(_ letter: HubMail) {
        switch letter {
        case .broadcast(let word, _) where word.hasPrefix("banned:"): banned.insert(String(word.dropFirst(7)))
        case .broadcast(let word, _) where word.hasPrefix("unbanned:"):
            banned.remove(String(word.dropFirst(9)))
        case .broadcast(_, let frame): tell(frame.json)
        case .subscribe(_, _, let first): admit(first.first?.json)
        default: break
        }
    }

    private mutating func tell(_ message: JSONValue?) {
        guard let user = message?["user"]?["id"]?.string else { return }
        switch message?["type"]?.string {
        case "user_joined":
            people.insert(user)
            roles[user] = nil
            if banned.contains(user) { problems.append("\(user) is banned and comes") }
        case "user_left": people.remove(user)
        case "role_updated": roles[user] = message?["role"]?.string
        default: break
        }
    }

    private mutating func admit(_ joined: JSONValue?) {
        let names = Set(joined?["people"]?.array?.compactMap { $0["id"]?.string } ?? [])
        people.formUnion(names)
        guard let role = joined?["role"]?.string, let room = joined?["room"] else { return }
        // Who came last has no role yet: it is theirs.
        let newcomers = people.filter { roles[$0] == nil }
        for newcomer in newcomers { roles[newcomer] = role }
        let limit = Int(room["max_participants"]?.integer ?? 0)
        let taken = people.count { roles[$0] == "member" }
        if limit > 0, role == "member", !newcomers.isEmpty, taken > limit {
            problems.append("\(taken) have a seat of \(limit)")
        }
    }
}
