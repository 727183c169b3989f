import Bytes
import Storage
import StoreTesting
import Testing

@testable import PubSub
@testable import Rooms

@Suite("Joins that wait")
struct WaitingJoinTests {
    @Test("who is banned while a join waits for the events that its reading knows is refused (B6)")
    func bannedWhileWaiting() async throws {
        let rig = try await RoomRig(RoomSettings())
        #expect(await rig.joined(rig.newHandle(), RoomRig.owner))
        // A member already, who needs nothing written to be in again.
        let early = rig.newHandle()
        #expect(await rig.joined(early, "bob"))
        rig.post(.leave(room: rig.room, early, reply: .none))
        // A commit that the home has not been told of: the reading of whoever joins is ahead of it.
        try await rig.store.say("first", in: rig.room)
        let late = rig.newHandle()
        rig.join(late, "bob")
        // Read together with that join or after it, and waiting just so.
        let others = (0..<4).map { _ in rig.newHandle() }
        for (number, other) in others.enumerated() { rig.join(other, "other\(number)") }
        let otherRoom = try await rig.store.room("Other")
        for _ in 0..<4 {
            let probe = rig.newHandle()
            rig.context.post(
                .join(
                    JoinRequest(
                        probe, isDeflating: false, principal: RoomRig.principal("ann"), room: otherRoom,
                        since: nil, history: 0, invitation: nil, id: "p")), to: otherRoom)
            #expect(await rig.log.wait { $0.answers(to: probe) == [.admitted] })
        }
        #expect(rig.log.letters.answers(to: late).isEmpty)
        try await rig.service.ban(
            RoomRig.principal(RoomRig.owner), rig.room, user: "bob", reason: nil, until: nil)
        rig.post(.committed(rig.store.results.all))
        for other in others { #expect(await rig.log.wait { $0.answers(to: other) == [.admitted] }) }
        #expect(await rig.log.wait { !$0.answers(to: late).isEmpty })
        #expect(rig.log.letters.answers(to: late) == [.refused("banned")])
    }

    @Test("the one state that stands for what a lagging reader missed is not itself left out (DESIGN 3.8)")
    func refreshIsEssential() async throws {
        let rig = try await RoomRig(RoomSettings())
        let handle = rig.newHandle()
        #expect(await rig.joined(handle, RoomRig.owner))
        rig.post(.refreshPresence(room: rig.room, handle))
        let isState: @Sendable (HubMail) -> Bool = { letter in
            guard case .send(handle, let frame) = letter else { return false }
            return frame.json?["type"]?.string == "presence_state" && frame.deliveryClass == .essential
        }
        #expect(await rig.log.wait { $0.contains(where: isState) })
    }
}
