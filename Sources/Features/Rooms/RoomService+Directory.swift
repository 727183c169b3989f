public import Bytes
public import ClientProtocol
public import Identity
public import JSON
public import Storage

/// What a client says of a room that it makes or changes; nil where it says nothing.
public struct RoomForming: Sendable {
    /// The room's id, chosen by the client to make the making idempotent.
    public var id: String?
    /// The name.
    public var name: String?
    /// The description.
    public var description: String?
    /// The type.
    public var type: RoomType?
    /// Seats.
    public var maxParticipants: Int?
    /// Whether it takes nobody new.
    public var locked: Bool?
    /// The least time between two messages of a member.
    public var slowModeMilliseconds: Int64?
    /// Whether members are told how far the others have read.
    public var readReceipts: Bool?
    /// Whether senders may ask for receipts.
    public var receipts: Bool?
    /// Whether those present are told what a member has earned there.
    public var announcesAchievements: Bool?
    /// Days that messages are kept; `.some(nil)`: as configured.
    public var retentionDays: Int??
    /// The gate.
    public var gate = GateForming()

    /// Nothing said.
    public init() {}

    /// Reads a request's body.
    ///
    /// - Throws: ``ClientError`` naming the field that is wrong.
    public init(_ body: JSONValue) throws(ClientError) {
        guard body.object != nil else {
            throw ClientError(.invalidMessage, "The body must be a JSON object.")
        }
        id = try body.text("id", 36...36)
        if let id, !Identifier.isUUID(id) { throw .invalid("id", "A room's id is a UUID in lower case.") }
        name = try body.text("name", 1...100)
        if let name, !TextRules.isName(name) {
            throw .invalid("name", "A room's name has something to see and nothing hidden.")
        }
        description = try body.text("description", 0...2000)
        if let text = try body.text("type", 0...32) {
            guard let type = RoomType(rawValue: text) else {
                throw .invalid("type", "A room is public, private, token_gated or nft_gated.")
            }
            self.type = type
        }
        maxParticipants = try body.integer("max_participants", 0...100_000).map { Int($0) }
        slowModeMilliseconds = try body.integer("slow_mode_ms", 0...86_400_000)
        locked = try body.flag("locked")
        readReceipts = try body.flag("read_receipts")
        receipts = try body.flag("receipts")
        announcesAchievements = try body.flag("announce_achievements")
        if let days = body["retention_days"] {
            retentionDays =
                days.isNull ? .some(nil) : try body.integer("retention_days", 1...36_500).map { Int($0) }
        }
        gate = GateForming(body)
    }
}

extension RoomService {
    /// Makes a room; the person becomes its owner.
    ///
    /// - Returns: The room, and whether it is new.
    public func create(
        _ principal: Principal, _ forming: RoomForming
    ) async throws(ClientError) -> (SharedBytes, isNew: Bool) {
        guard context.settings.anyoneMayCreate else {
            throw ClientError(.forbidden, "Rooms are made by the operator here.")
        }
        guard let name = forming.name else { throw .invalid("name", "A room needs a name.") }
        let gate = try forming.gate.outcome(type: forming.type, of: nil)
        try await GateService.check(gate?.policy, isTree: gate?.tree != nil, for: principal, context)
        var record = RoomRecord(
            id: forming.id ?? Identifier.uuid(), tenant: principal.tenant, name: name,
            description: forming.description ?? "", creatorID: principal.user, type: gate?.type ?? .public,
            accessTokenMint: gate?.mint, accessTokenMinAmount: gate?.amount,
            accessNFTCollection: gate?.collection, gate: gate?.tree,
            maxParticipants: forming.maxParticipants ?? 50,
            locked: forming.locked ?? false, slowModeMilliseconds: forming.slowModeMilliseconds ?? 0,
            readReceipts: forming.readReceipts ?? false, receipts: forming.receipts ?? false,
            retentionDays: forming.retentionDays ?? nil)
        record.announcesAchievements = forming.announcesAchievements ?? false
        let made = try await stored { () async throws(StorageError) in
            try await context.rooms.create(record, creatorName: principal.name)
        }
        return (RoomService.encode(made.room), made.created)
    }

    /// A room as a person may see it.
    public func show(_ principal: Principal, _ room: String) async throws(ClientError) -> SharedBytes {
        let view = try await visible(principal, room)
        return RoomService.encode(view.room)
    }

    /// A room that a person may know of.
    func visible(_ principal: Principal, _ room: String) async throws(ClientError) -> JoinView {
        let view = try await stored { () async throws(StorageError) in
            try await context.rooms.joinView(room: room, user: principal.user)
        }
        guard let view else { throw RoomAccess.roomNotFound }
        let isKnown =
            principal.isOperator || view.member != nil || view.isInvited || principal.roomRoles[room] != nil
        guard view.room.type != .private || isKnown else { throw RoomAccess.roomNotFound }
        if view.ban != nil, case .refused(let error) = RoomAccess.judge(view, principal, invitation: nil) {
            throw error
        }
        return view
    }

    /// The rooms that a person may see; archived ones are shown to the operator alone, who asks for them.
    public func list(
        _ principal: Principal, query: String?, cursor: String?, limit: Int, archived: Bool = false
    ) async throws(ClientError) -> SharedBytes {
        guard !archived || principal.isOperator else {
            throw ClientError(.forbidden, "Archived rooms are listed for the operator.", field: "archived")
        }
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.list(
                query: query, cursor: cursor, limit: limit,
                visibleTo: principal.isOperator ? nil : principal.user, archived: archived)
        }
        return RoomService.encode("rooms", page) { room, writer in RoomForm.write(room, to: &writer) }
    }

    /// The rooms that a person is a member of, with what is unread in them.
    public func mine(
        _ principal: Principal, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.rooms(of: principal.user, cursor: cursor, limit: limit)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("rooms")
        writer.beginArray()
        for mine in page.items {
            let count = await present(mine.room.id).count
            let role = RoomAccess.effective(mine.role, RoomAccess.granted(principal, mine.room.id))
            let isShown = await GateService.shows(mine.room, to: principal.user, role, context)
            RoomService.write(mine, role, count, isShown: isShown, to: &writer)
        }
        writer.endArray()
        writer.optional("cursor", page.cursor)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// Writes one of a person's rooms; of one whose gate is not known to be open to them nothing that is said in it.
    private static func write(
        _ mine: MyRoom, _ role: Role, _ count: Int, isShown: Bool, to writer: inout JSONWriter
    ) {
        writer.beginObject()
        RoomForm.members(mine.room, to: &writer)
        writer.field("role", role.rawValue)
        writer.field("seq", mine.room.seq)
        writer.field("read_seq", mine.unread.readSeq)
        writer.field("people_count", count)
        if isShown {
            writer.field("unread", mine.unread.unread)
            writer.field("mentions", mine.unread.mentions)
        } else {
            writer.field("gate_verdict", "unknown")
        }
        writer.key("last_message")
        if isShown, let message = mine.lastMessage {
            MessageForm.write(message, to: &writer, listing: true)
        } else {
            writer.null()
        }
        writer.endObject()
    }

    /// Changes a room's settings: its owner all of them, moderators lock, slow mode and receipts.
    public func update(
        _ principal: Principal, _ room: String, _ forming: RoomForming
    ) async throws(ClientError) -> SharedBytes {
        let standing = try await moderator(principal, room)
        let isOwners =
            forming.name != nil || forming.description != nil || forming.type != nil
            || forming.maxParticipants != nil
            || forming.retentionDays != nil || forming.announcesAchievements != nil
            || !forming.gate.isEmpty
        guard !isOwners || standing.role == .owner else {
            throw ClientError(
                .forbidden, "Moderators change lock, slow mode and receipts; the rest is the owner's.")
        }
        var changes = RoomChanges()
        changes.name = forming.name
        changes.description = forming.description
        changes.maxParticipants = forming.maxParticipants
        changes.locked = forming.locked
        changes.slowModeMilliseconds = forming.slowModeMilliseconds
        changes.readReceipts = forming.readReceipts
        changes.receipts = forming.receipts
        changes.announcesAchievements = forming.announcesAchievements
        changes.retentionDays = forming.retentionDays
        let old = standing.view.room
        let gate = try forming.gate.outcome(type: forming.type, of: old)
        let isNewGate = gate != nil && gate?.policy != old.gatePolicy
        if let gate {
            if isNewGate {
                try await GateService.check(gate.policy, isTree: gate.tree != nil, for: principal, context)
            }
            changes.type = gate.type
            changes.accessTokenMint = .some(gate.mint)
            changes.accessTokenMinAmount = .some(gate.amount)
            changes.accessNFTCollection = .some(gate.collection)
            changes.gate = .some(gate.tree)
        }
        let updated = try await stored { () async throws(StorageError) in
            try await context.rooms.update(room, changes)
        }
        guard let updated else { throw RoomAccess.roomNotFound }
        context.post(.changed(updated), to: room)
        if isNewGate { await GateService(context)?.gateChanged(updated) }
        return RoomService.encode(updated)
    }

    /// Archives a room: nobody writes or joins any more.
    public func archive(_ principal: Principal, _ room: String) async throws(ClientError) {
        let standing = try await moderator(principal, room)
        guard standing.role == .owner else {
            throw ClientError(.forbidden, "Only its owner archives a room.")
        }
        let archived = try await stored { () async throws(StorageError) in
            try await context.rooms.archive(room)
        }
        guard let archived else { throw RoomAccess.roomNotFound }
        context.post(.changed(archived), to: room)
    }

    /// Gives a room of one person to another, as its owner.
    ///
    /// - Returns: The room's id, or nil where `owner` owns none.
    public func handOver(
        from owner: String, to user: String, name: String
    ) async throws(ClientError) -> String? {
        try await stored { () async throws(StorageError) in
            try await context.rooms.handOver(from: owner, to: user, name: name)
        }
    }

    /// A page of a listing: its items under a name, and the cursor of the next page.
    static func encode<Item>(
        _ name: StaticString, _ page: Page<Item>, _ write: (Item, inout JSONWriter) -> Void
    ) -> SharedBytes {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        for item in page.items { write(item, &writer) }
        writer.endArray()
        writer.optional("cursor", page.cursor)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    static func encode(_ room: RoomRecord) -> SharedBytes {
        var writer = JSONWriter()
        RoomForm.write(room, to: &writer)
        return SharedBytes(writer.span)
    }
}
