import JSON
import PubSub
import Storage

// What members have earned, told to those who are there, where the room wants it.
extension RoomShard {
    /// Tells them here, and has other processes tell theirs: this one may have nobody of the room.
    func earned(_ room: String, at home: RoomHome?, _ author: Author, _ members: [UInt8]) {
        home?.tellEarned(author, members.span)
        guard let broker else { return }
        var writer = JSONWriter(capacity: members.count + 160)
        writer.beginObject()
        writer.field("type", "achievement_earned")
        writer.field("room", room)
        writer.field("from", broker.instance)
        writer.person("user", author)
        writer.key("earned")
        writer.beginObject()
        writer.members(members.span)
        writer.endObject()
        writer.endObject()
        broker.publish(writer.span, to: BrokerChannel(.presence, of: room))
    }
}

extension RoomHome {
    /// Tells those who are here.
    func tellEarned(_ author: Author, _ members: Span<UInt8>) {
        guard record?.announcesAchievements == true else { return }
        var writer = JSONWriter(capacity: members.count + 128)
        writer.beginObject()
        writer.field("type", "achievement_earned")
        writer.field("room", id)
        writer.person("user", author)
        writer.members(members)
        writer.endObject()
        broadcast(SharedFrame(writer.span, .droppable))
    }

    /// The same of what another process has told.
    func deliveredEarned(_ author: Author, _ value: JSONValue) {
        guard value["from"]?.string != shard.broker?.instance, let earned = value["earned"],
            earned.object?.isEmpty == false
        else { return }
        var writer = JSONWriter(capacity: 256)
        earned.write(to: &writer)
        let object = writer.span
        tellEarned(author, object.extracting(1..<(object.count - 1)))
    }
}
