import JSON

extension StoaClient {
    /// Asks to be in a room, from where this client was.
    func enter(_ room: String, history: Int, invitation: String?) async throws -> JSONValue {
        var members = [JSONMember("room", .string(room))]
        if let cursor = rooms[room], let epoch = cursor.epoch {
            let position = [JSONMember("epoch", .string(epoch)), JSONMember("seq", .integer(cursor.seq))]
            members.append(JSONMember("since", .object(position)))
        }
        if history > 0 { members.append(JSONMember("history", .integer(Int64(history)))) }
        if let invitation { members.append(JSONMember("invitation", .string(invitation))) }
        return try await request("join", members)
    }

    /// The server has let this client into a room. Before anything else of the room is looked at.
    func joined(_ message: JSONValue) {
        guard let room = message["room"]?["id"]?.string, let epoch = message["epoch"]?.string,
            let seq = message["seq"]?.integer
        else { return }
        var cursor = rooms[room] ?? RoomCursor()
        cursor.joined(epoch: epoch, seq: seq, recovered: message["recovered"]?.bool ?? false)
        rooms[room] = cursor
        flush(room)
    }

    /// Sends what waits for a room, in its order.
    func flush(_ room: String) {
        while let entry = outbox.takeUnsent(in: room) {
            nextID += 1
            let id = "m\(nextID)"
            sends[id] = entry.clientID
            var members = [
                JSONMember("type", .string("chat_message")), JSONMember("id", .string(id)),
                JSONMember("room", .string(room)), JSONMember("content", .string(entry.content)),
                JSONMember("client_id", .string(entry.clientID)),
            ]
            if entry.wantsReceipt { members.append(JSONMember("receipt", .bool(true))) }
            if let replyTo = entry.replyTo { members.append(JSONMember("reply_to", .string(replyTo))) }
            write(.object(members))
        }
    }

    /// The reply to a sent message.
    func delivered(_ clientID: String, _ reply: JSONValue) {
        if reply["type"]?.string == "error" { return refused(clientID, StoaClient.error(reply)) }
        outbox.remove(clientID)
        let receipt = Receipt(
            messageID: reply["message_id"]?.string ?? "", seq: reply["seq"]?.integer ?? 0, clientID: clientID,
            isDuplicate: reply["duplicate"]?.bool ?? false)
        receipts.removeValue(forKey: clientID)?.resume(returning: receipt)
    }

    /// What is refused for now goes again when the server says; what is refused for good is told.
    private func refused(_ clientID: String, _ error: StoaError) {
        guard case .refused(_, _, _, .some(let retryAfter)) = error,
            let room = outbox.entries.first(where: { $0.clientID == clientID })?.room
        else {
            outbox.remove(clientID)
            receipts.removeValue(forKey: clientID)?.resume(throwing: error)
            return
        }
        let number = connection
        Task { [weak self] in
            try? await Task.sleep(for: .milliseconds(retryAfter))
            await self?.sendAgain(clientID, in: room, number)
        }
    }

    private func sendAgain(_ clientID: String, in room: String, _ number: Int) {
        guard number == connection else { return }
        outbox.forgetSent(clientID)
        flush(room)
    }

    /// The room is closed to this client: what waits for it is refused.
    func refuseAll(in room: String, code: String, _ words: String) {
        for entry in outbox.entries where entry.room == room {
            outbox.remove(entry.clientID)
            receipts.removeValue(forKey: entry.clientID)?.resume(
                throwing: StoaError.refused(
                    code: code, message: words, field: nil, retryAfterMilliseconds: nil))
        }
    }

    /// A push: events of rooms are checked for order, everything is told.
    func push(_ type: String, _ message: JSONValue) {
        guard let room = message["room"]?.string else { return tell(type, message) }
        if type == "gap" {
            rooms[room] = RoomCursor.after(gap: message, isJoined: true, epoch: rooms[room]?.epoch)
            return yieldGap(room, message)
        }
        if type == "left" {
            rooms[room] = nil
            let reason = message["reason"]?.string ?? "left"
            refuseAll(in: room, code: reason, "You are not in the room any more.")
            return yieldRemoval(room, reason)
        }
        guard let seq = message["seq"]?.integer, type != "read_updated", type != "receipt",
            var cursor = rooms[room]
        else {
            return tell(type, message)
        }
        let action = cursor.arrived(seq)
        rooms[room] = cursor
        switch action {
        case .deliver: tell(type, message)
        case .drop: break
        case .resume: reenter(room)
        }
    }

    private func tell(_ type: String, _ message: JSONValue) { tell.yield(.push(type: type, message)) }

    private func yieldGap(_ room: String, _ message: JSONValue) {
        tell.yield(.gap(room: room, reason: message["reason"]?.string ?? ""))
    }

    private func yieldRemoval(_ room: String, _ reason: String) {
        tell.yield(.removed(room: room, reason: reason))
    }

    /// An event is missing: the room is left and entered again from the last one that was seen.
    private func reenter(_ room: String) {
        guard rooms[room]?.isJoined == true else { return }
        rooms[room]?.isJoined = false
        Task { [weak self] in
            _ = try? await self?.request("leave", [JSONMember("room", .string(room))])
            _ = try? await self?.enter(room, history: 0, invitation: nil)
        }
    }
}

extension RoomCursor {
    /// The position after a gap: everything up to its end is given up.
    static func after(gap: JSONValue, isJoined: Bool, epoch: String?) -> RoomCursor {
        var cursor = RoomCursor()
        if let epoch, let to = gap["to"]?.integer { cursor.joined(epoch: epoch, seq: to, recovered: false) }
        cursor.isJoined = isJoined
        return cursor
    }
}
