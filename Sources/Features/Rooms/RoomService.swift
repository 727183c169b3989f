public import Bytes
public import ClientProtocol
public import Identity
import JSON
import PubSub
public import Storage

/// What people do with rooms outside of a joined connection: REST, and a session's readings. Any thread.
///
/// Reading and posting here needs the right to join the room, not a connection.
public struct RoomService: Sendable {
    /// What it works with.
    public let context: RoomContext

    /// A service over the process' rooms.
    public init(_ context: RoomContext) { self.context = context }

    /// A person's standing in a room that they are in or may be in.
    struct Standing: Sendable {
        let view: JoinView
        /// Theirs, or the one that their token gives, whether they have joined or not.
        let role: Role
    }

    /// Looks at a room as a person sees it.
    ///
    /// - Parameter isLeaving: Whether they only want to leave, which no gate keeps them from.
    /// - Throws: ``ClientError`` where they may not be in it.
    func standing(
        _ principal: Principal, _ room: String, isLeaving: Bool = false
    ) async throws(ClientError) -> Standing {
        let view = try await view(principal, room)
        switch RoomAccess.judge(view, principal, invitation: nil) {
        case .admitted(let role), .welcome(let role): return Standing(view: view, role: role)
        case .gated(let role, _):
            if !isLeaving {
                guard let gate = GateService(context) else { throw GateService.unavailable(nil) }
                try await gate.allow(view, principal)
            }
            return Standing(view: view, role: role)
        case .redeems: throw ClientError(.inviteRequired, "This room needs an invitation.", field: "room")
        case .refused(let error): throw error
        }
    }

    private func view(_ principal: Principal, _ room: String) async throws(ClientError) -> JoinView {
        do throws(StorageError) {
            if let view = try await context.rooms.joinView(room: room, user: principal.user) { return view }
        } catch {
            throw error.clientError
        }
        throw RoomAccess.roomNotFound
    }

    /// Runs a reading or writing of the store, with its failures as a client sees them.
    func stored<R>(_ body: () async throws(StorageError) -> R) async throws(ClientError) -> R {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw error.clientError
        }
    }

    /// Lets somebody who is in a room read what was said in it.
    ///
    /// Who is behind a gate may stay for a while though nobody can say what they hold; but only who has been seen to
    /// hold what it asks for reads what was said before.
    ///
    /// - Returns: The room's numbering at this moment, which a reading after this must not fall behind; nil without
    ///   such a room.
    /// - Throws: ``ClientError`` where they may not.
    public func checkReading(_ principal: Principal, _ room: String) async throws(ClientError) -> RoomHead? {
        let record = try await stored { () async throws(StorageError) in try await context.rooms.room(room) }
        guard let record, record.isGated else { return record?.head }
        if await GateService.shows(record, to: principal.user, nil, context) { return record.head }
        return try await standing(principal, room).view.room.head
    }

    // MARK: Messages

    /// A page of a room's messages, for somebody who may be in it.
    public func history(
        _ principal: Principal, _ room: String, _ request: HistoryRequest
    ) async throws(ClientError) -> SharedBytes {
        let seen = try await standing(principal, room).view.room.head
        return try await history(room, request, id: nil, seen: seen)
    }

    /// The reply `history`; its caller has checked the right to it.
    ///
    /// - Parameter seen: The room when that was checked; what has all of it may answer.
    public func history(
        _ room: String, _ request: HistoryRequest, id: String?, seen: RoomHead?
    ) async throws(ClientError) -> SharedBytes {
        let position: HistoryPosition =
            switch request.anchor {
            case .latest: .latest
            case .before(let seq): .before(seq)
            case .after(let seq): .after(seq)
            case .around(let seq): .around(seq)
            }
        if let thread = request.thread {
            let first = try await stored { () async throws(StorageError) in
                try await context.messages.message(thread, room: room, seen: seen)
            }
            guard first != nil else {
                throw ClientError(
                    .messageNotFound, "There is no such message in this room.", field: "thread")
            }
        }
        let page = try await stored { () async throws(StorageError) in
            try await context.messages.history(
                room: room, position, limit: request.limit, thread: request.thread, seen: seen)
        }
        return RoomService.encode("history", page, room: room, id: id)
    }

    /// The reply `search_results`; its caller has checked the right to it, when the room was as `seen`.
    public func search(
        _ room: String, query: String, limit: Int, before: Int64?, id: String?, seen: RoomHead?
    ) async throws(ClientError) -> SharedBytes {
        let page = try await stored { () async throws(StorageError) in
            try await context.messages.search(
                room: room, query, before: before, limit: limit, seen: seen)
        }
        return RoomService.encode("search_results", page, room: room, id: id)
    }

    /// A search for somebody who may be in the room.
    public func search(
        _ principal: Principal, _ room: String, query: String, limit: Int, before: Int64?
    ) async throws(ClientError) -> SharedBytes {
        let seen = try await standing(principal, room).view.room.head
        return try await search(room, query: query, limit: limit, before: before, id: nil, seen: seen)
    }

    private static func encode(_ type: String, _ page: HistoryPage, room: String, id: String?) -> SharedBytes
    {
        var writer = JSONWriter(capacity: 128 + page.messages.count * 300)
        writer.beginObject()
        writer.field("type", type)
        if let id { writer.field("id", id) }
        writer.field("room", room)
        MessageForm.write("messages", page.messages, to: &writer)
        writer.field("more_before", page.moreBefore)
        if type == "history" { writer.field("more_after", page.moreAfter) }
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// The pinned messages.
    public func pins(_ principal: Principal, _ room: String) async throws(ClientError) -> SharedBytes {
        let seen = try await standing(principal, room).view.room.head
        let pins = try await stored { () async throws(StorageError) in
            try await context.messages.pins(room: room, seen: seen)
        }
        var writer = JSONWriter()
        writer.beginObject()
        MessageForm.write("messages", pins, to: &writer)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// Posts, edits, deletes, pins or reacts for somebody who may be in the room.
    ///
    /// - Returns: The `ack` without an id.
    public func perform(
        _ principal: Principal, _ room: String, _ deed: RoomAct.Deed
    ) async throws(ClientError) -> SharedBytes {
        let standing = try await standing(principal, room)
        let author = Author(id: principal.user, name: principal.name, isBot: principal.isBot)
        let result: Result<SharedBytes, ClientError> = await withCheckedContinuation { continuation in
            let act = RoomAct(
                room: room, deed, author: author,
                standing: RoomAct.Standing(
                    role: standing.role, granted: RoomAccess.granted(principal, room),
                    room: standing.view.room),
                reply: .call { continuation.resume(returning: $0) })
            context.post(.act(act), to: room)
        }
        return try result.get()
    }

    // MARK: Reading along

    /// Moves a person's read marker forward and tells their connections.
    ///
    /// - Returns: Where it is now.
    public func markRead(_ principal: Principal, _ room: String, seq: Int64) async throws(ClientError)
        -> Int64
    {
        let now = try await stored { () async throws(StorageError) in
            try await context.messages.setReadMarker(room: room, user: principal.user, seq: seq)
        }
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("room", room)
        let reader = Author(id: principal.user, name: principal.name, isBot: principal.isBot)
        writer.person("user", reader)
        writer.field("seq", now)
        writer.endObject()
        context.notify(principal.user, "read_updated", writer)
        context.post(.read(room: room, reader, seq: now), to: room)
        return now
    }

    /// The people who are in a room now.
    func present(_ room: String) async -> Set<String> {
        await withCheckedContinuation { continuation in
            context.post(.people(room: room) { continuation.resume(returning: Set($0)) }, to: room)
        }
    }

    /// Those of them who are connected to this process.
    func ownPeople(_ room: String) async -> Set<String> {
        await withCheckedContinuation { continuation in
            context.post(.ownPeople(room: room) { continuation.resume(returning: Set($0)) }, to: room)
        }
    }
}
