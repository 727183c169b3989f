import StoaTesting
import Storage
import StoreTesting
import TestRandom
import Testing

@testable import PubSub
@testable import Rooms

@Suite("A room at two processes, against a model")
struct SharedRoomPropertyTests {
    enum Operation {
        /// A connection, two of which belong to each person, at the process of its number.
        case join(Int)
        case leave(Int)
        case cut(Int)
        case say(Int)
        /// As if a process had died between the commit and the publication.
        case sayUnheard
        case redis(Nemesis)
        case settle
    }

    enum Nemesis { case die, start, hang, goOn }

    private static let connections = 8

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        var isUp = true
        return (0..<60).map { _ in
            let connection = Int.random(in: 0..<connections, using: &random)
            switch Int.random(in: 0..<24, using: &random) {
            case 0..<7: return .join(connection)
            case 7, 8: return .leave(connection)
            case 9, 10: return .cut(connection)
            case 11..<17: return .say(connection % 2)
            case 17: return .sayUnheard
            case 18, 19:
                isUp.toggle()
                let dies = Bool.random(using: &random)
                // What died is started, what hangs goes on; both at once do no harm.
                return .redis(isUp ? (dies ? .start : .goOn) : (dies ? .die : .hang))
            default: return .settle
            }
        }
    }

    @Test(
        "whatever Redis does, each event is told once and in order, and presence is right in the end (DESIGN 3)",
        arguments: RedisService.Shape.allCases, 0..<6 as Range<UInt64>)
    func holds(_ shape: RedisService.Shape, seed: UInt64) async throws {
        if let failure = try await Self.run(shape, Self.operations(seed: seed)) {
            Issue.record("\(shape), seed \(seed): \(failure)")
        }
    }

    private static func run(
        _ shape: RedisService.Shape, _ operations: [Operation]
    ) async throws -> String? {
        // Whoever comes is let in: seats that nobody can count have tests of their own.
        let room = RoomRecord(name: "Algebra", creatorID: RoomRig.owner, maxParticipants: 0)
        let shared = try await SharedRooms(
            shape, timeoutMilliseconds: 500, { $0.announcedPeople = 100 }, room: room)
        var session = Session(
            shared, try await shared.join("ann", at: 0), try await shared.join("ann", at: 1))
        for operation in operations { try await session.perform(operation) }
        return try await session.verdict()
    }

    private struct Session {
        private let shared: SharedRooms
        private let watchers: [SubscriberHandle]
        private var joined: [Int: SubscriberHandle] = [:]
        private var said: Int64 = 0
        private var isDead = false
        /// Who is done harm to, until it is mended.
        private var victim: RedisProcess

        init(_ shared: SharedRooms, _ watchers: SubscriberHandle...) {
            self.shared = shared
            self.watchers = watchers
            victim = shared.redis
        }

        private func user(_ connection: Int) -> String { "u\(connection / 2)" }

        mutating func perform(_ operation: Operation) async throws {
            switch operation {
            case .join(let number) where joined[number] == nil:
                joined[number] = try await shared.join(user(number), at: number % 2)
            case .leave(let number): depart(number) { .leave(room: $0, $1, reply: .none) }
            case .cut(let number): depart(number) { .gone(room: $0, $1) }
            case .say(let place):
                said += 1
                shared.say("\(said)", by: "ann", watchers[place], at: place)
            case .sayUnheard:
                said += 1
                _ = try await shared.store.say("unheard", in: shared.rigs[0].room)
            case .redis(let nemesis): try await act(nemesis)
            case .settle: for rig in shared.rigs { _ = await rig.people() }
            case .join: break
            }
        }

        private mutating func depart(_ number: Int, _ mail: (String, SubscriberHandle) -> RoomMail) {
            guard let handle = joined.removeValue(forKey: number) else { return }
            let rig = shared.rigs[number % 2]
            rig.post(mail(rig.room, handle))
        }

        private mutating func act(_ nemesis: Nemesis) async throws {
            switch nemesis {
            case .die:
                victim = try await master()
                victim.kill()
                isDead = true
            case .hang:
                victim = try await master()
                victim.pause(true)
            case .start, .goOn: try await revive()
            }
        }

        /// Who has the room's page and the channel that tells of it.
        private func master() async throws -> RedisProcess {
            try await shared.service.master(of: "room:\(shared.rigs[0].room):presence")
        }

        private mutating func revive() async throws {
            victim.pause(false)
            if isDead { try await victim.start() }
            isDead = false
        }

        mutating func verdict() async throws -> String? {
            try await revive()
            let expected = Set(joined.keys.map(user)).union(["ann"])
            for place in 0...1 {
                try await shared.told(said, at: place)
                if shared.told(at: place) != Array(1..<(said + 1)) {
                    return "at \(place) told \(shared.told(at: place)) of \(said)"
                }
                try await shared.people(expected, watchers[place], at: place)
                let view = PresenceView(watchers[place], isExact: true, shared.rigs[place].log.letters)
                if let problem = view.problems.first { return "at \(place): \(problem)" }
            }
            return nil
        }
    }
}
