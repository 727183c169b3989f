import ClientProtocol
import JSON
import PubSub
import Reactor

// Who types.
extension RoomHome {
    /// Notes that a person types or has stopped; repeats within two seconds cost nobody a message.
    func type(_ handle: SubscriberHandle, isTyping: Bool, _ reply: ReplyTarget) {
        guard let person = users[handle] else {
            let error = ClientError(.notJoined, "Join the room first.", field: "room")
            return reply.refuse(error, over: shard.context.hub)
        }
        acknowledge(reply)
        let wasTyping = person.typing != .none
        shard.loop.cancelTimer(&person.typing)
        if isTyping {
            person.typing = shard.loop.startTimer(
                after: Int64(RoomHome.typingMilliseconds) - 500, kind: Person.Timer.typing.rawValue,
                target: person)
            if wasTyping, shard.loop.now - person.typingAnnounced < 2000 { return }
            person.typingAnnounced = shard.loop.now
            announceTyping(person, isTyping: true)
        } else if wasTyping {
            announceTyping(person, isTyping: false)
        }
    }

    func announceTyping(_ person: Person, isTyping: Bool) {
        broadcast(RoomPush.typing(room: id, person.author, isTyping: isTyping))
        shareTyping(person.author, isTyping: isTyping)
    }

    private func acknowledge(_ reply: ReplyTarget) {
        guard let id = reply.id else { return }
        var writer = JSONWriter(capacity: 48)
        writer.beginObject()
        writer.field("type", "ack")
        writer.field("id", id)
        writer.field("room", self.id)
        writer.endObject()
        reply.answer(writer.finish(), over: shard.context.hub)
    }
}
