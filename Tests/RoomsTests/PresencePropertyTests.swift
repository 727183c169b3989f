import Foundation
import PubSub
import TestRandom
import Testing

@testable import Rooms

@Suite("Presence against a model")
struct PresencePropertyTests {
    /// What happens to one of the connections; two of them belong to each person.
    enum Operation {
        case join(Int)
        case leave(Int)
        case cut(Int)
        /// All joins are answered before anything else happens.
        case settle
    }

    enum Grace: Int64, CaseIterable {
        case none = 0
        case short = 20
        case forever = 600_000
    }

    private static let connections = 10

    private static func operations(seed: UInt64, settles: Bool) -> [Operation] {
        var random = SeededRandom(seed: seed)
        return (0..<80).flatMap { _ -> [Operation] in
            let connection = Int.random(in: 0..<connections, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5: return settles ? [.join(connection), .settle] : [.join(connection)]
            case 5, 6: return [.leave(connection)]
            case 7, 8: return [.cut(connection)]
            default: return [.settle]
            }
        }
    }

    @Test(
        "every observer knows who is here, told of each arrival and departure once (DESIGN 3.6, F3)",
        arguments: Grace.allCases, [100, 0, 3])
    func agrees(grace: Grace, announced: Int) async throws {
        for seed in 0..<8 as Range<UInt64> {
            let operations = Self.operations(seed: seed, settles: grace == .forever || seed % 2 == 0)
            let failure = try await shortestFailure(of: operations) {
                try await Self.run($0, grace, announced)
            }
            if let failure { Issue.record("seed \(seed): \(failure)") }
        }
    }

    /// Runs operations over a room.
    ///
    /// - Returns: What was wrong.
    private static func run(_ operations: [Operation], _ grace: Grace, _ announced: Int) async throws
        -> String?
    {
        var settings = RoomSettings()
        settings.graceMilliseconds = grace.rawValue
        settings.announcedPeople = announced
        settings.diffMilliseconds = 20
        let rig = try await RoomRig(settings)
        let watcher = rig.newHandle()
        guard await rig.joined(watcher, RoomRig.owner) else { return "the owner is not let in" }
        var crowd = Crowd(rig)
        for operation in operations { await crowd.perform(operation) }
        await crowd.settle()
        let expected = crowd.present(grace)
        let observers = crowd.observers + [watcher]
        let isExact = announced == 100
        let agree = await rig.log.wait(within: 10) { letters in
            observers.allSatisfy { PresenceView($0, isExact: isExact, letters).people == expected }
        }
        let letters = rig.log.letters
        for observer in observers {
            let view = PresenceView(observer, isExact: isExact, letters)
            if let problem = view.problems.first { return problem }
            if !agree, view.people != expected {
                return "told of \(view.people.sorted()), here are \(expected.sorted())"
            }
        }
        return await rig.people() == expected ? nil : "the room's home is wrong"
    }

    /// The connections of a run.
    private struct Crowd {
        private struct Seat {
            var handle: SubscriberHandle
            var isIn = false
            var isPending = false
        }

        private let rig: RoomRig
        private var seats: [Seat]
        /// Present for the grace that never ends.
        private var staying: Set<String> = []

        init(_ rig: RoomRig) {
            self.rig = rig
            seats = (0..<PresencePropertyTests.connections).map { _ in Seat(handle: rig.newHandle()) }
        }

        var observers: [SubscriberHandle] { seats.filter(\.isIn).map(\.handle) }

        private func user(_ index: Int) -> String { "u\(index / 2)" }

        func present(_ grace: Grace) -> Set<String> {
            let here = Set(seats.indices.filter { seats[$0].isIn }.map(user))
            return (grace == .forever ? here.union(staying) : here).union([RoomRig.owner])
        }

        mutating func perform(_ operation: Operation) async {
            switch operation {
            case .join(let index):
                guard !seats[index].isIn, !seats[index].isPending else { return }
                // A handle of its own for each join, so that its answer is told from the last one's.
                seats[index] = Seat(handle: rig.newHandle(), isPending: true)
                rig.join(seats[index].handle, user(index))
            case .leave(let index):
                rig.post(.leave(room: rig.room, seats[index].handle, reply: .none))
                if seats[index].isIn { end(index, stays: false) }
                seats[index].isPending = false
            case .cut(let index):
                rig.post(.gone(room: rig.room, seats[index].handle))
                if seats[index].isIn { end(index, stays: true) }
                seats[index].isPending = false
            case .settle: await settle()
            }
        }

        private mutating func end(_ index: Int, stays: Bool) {
            seats[index].isIn = false
            let user = user(index)
            guard !seats.indices.contains(where: { seats[$0].isIn && self.user($0) == user }) else { return }
            if stays { staying.insert(user) } else { staying.remove(user) }
        }

        mutating func settle() async {
            let waiting = seats.filter(\.isPending).map(\.handle)
            _ = await rig.log.wait { letters in
                waiting.allSatisfy { !letters.answers(to: $0).isEmpty }
            }
            let letters = rig.log.letters
            for index in seats.indices where seats[index].isPending {
                seats[index].isPending = false
                seats[index].isIn = letters.answers(to: seats[index].handle) == [.admitted]
                if seats[index].isIn { staying.insert(user(index)) }
            }
        }
    }
}
