import ClientProtocol
import Identity
import StoaTesting
import Storage
import StoreTesting

@testable import PubSub
@testable import Rooms

/// Two processes' rooms, with one store and one real Redis between them.
final class SharedRooms: Sendable {
    let service: RedisService
    let store: TestStore
    let rigs: [RoomRig]

    /// - Parameter timeoutMilliseconds: How long Redis may take for an answer: as much as a server gives it, so that a
    ///   busy machine's Redis is not taken for one that hangs.
    init(
        _ shape: RedisService.Shape = .one, timeoutMilliseconds: Int64 = 3000,
        _ change: (inout RoomSettings) -> Void = { _ in },
        room: RoomRecord? = nil
    ) async throws {
        service = try await RedisService(shape)
        store = try await TestStore.open()
        let record = room ?? RoomRecord(name: "Algebra", creatorID: RoomRig.owner)
        let id = try await store.rooms.create(record, creatorName: "Ann").room.id
        var settings = RoomSettings()
        settings.graceMilliseconds = 0
        settings.compareMilliseconds = 1000
        change(&settings)
        var rigs: [RoomRig] = []
        for number in 1...2 {
            rigs.append(
                try await RoomRig(
                    settings,
                    sharing: RoomRig.Sharing(
                        store: store, room: id, address: service.address, instance: "i_\(number)",
                        timeoutMilliseconds: timeoutMilliseconds)))
        }
        self.rigs = rigs
    }

    /// The Redis, where there is one.
    var redis: RedisProcess { service.servers[0] }

    /// A connection of somebody at one of the processes, in the room.
    ///
    /// Tries again where seats cannot be counted yet, as clients do: a process that has just begun may not have reached
    /// Redis within the second that a join waits for it.
    func join(_ user: String, at place: Int) async throws -> SubscriberHandle {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let handle = rigs[place].newHandle()
            let answer = await rigs[place].answer(to: handle, user)
            if answer == .admitted { return handle }
            guard answer == .refused("unavailable"), ContinuousClock.now < deadline else {
                throw TestFailure("\(user) is not let in: \(answer.map { "\($0)" } ?? "no answer")")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Says something over a connection.
    func say(_ text: String, by user: String, _ handle: SubscriberHandle, at place: Int) {
        var draft = MessageDraft()
        draft.content = text
        post(draft, by: user, handle, at: place)
    }

    /// Posts over a connection.
    func post(_ draft: MessageDraft, by user: String, _ handle: SubscriberHandle, at place: Int) {
        rigs[place].post(
            .act(
                RoomAct(
                    room: rigs[place].room, .post(draft), author: Author(id: user, name: user),
                    reply: .socket(handle, id: nil))))
    }

    /// The seqs that a process' members were told, in their order.
    func told(at place: Int) -> [Int64] { rigs[place].log.letters.told(in: rigs[place].room) }

    /// Waits until a process' members were told of so many events.
    func told(_ count: Int64, at place: Int) async throws {
        let room = rigs[place].room
        let isTold = await rigs[place].log.wait { $0.told(in: room).last ?? 0 >= count }
        if !isTold { throw TestFailure("told \(told(at: place)), not up to \(count)") }
    }

    /// Whom a connection believes to be here.
    func people(_ handle: SubscriberHandle, at place: Int) -> Set<String> {
        PresenceView(handle, isExact: true, rigs[place].log.letters).people
    }

    /// Waits until a connection believes these to be here.
    func people(_ expected: Set<String>, _ handle: SubscriberHandle, at place: Int) async throws {
        let isSo = await rigs[place].log.wait(within: 15) {
            PresenceView(handle, isExact: true, $0).people == expected
        }
        if !isSo { throw TestFailure("told of \(people(handle, at: place)), not of \(expected)") }
    }
}
