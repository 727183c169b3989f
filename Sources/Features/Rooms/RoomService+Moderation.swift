public import Bytes
public import ClientProtocol
import Gates
public import Identity
import JSON
import PubSub
public import Storage

extension RoomService {
    /// A moderator's or owner's standing.
    ///
    /// - Throws: ``ClientError`` for everybody else.
    func moderator(_ principal: Principal, _ room: String) async throws(ClientError) -> Standing {
        let standing = try await standing(principal, room)
        guard standing.role != .member else {
            throw ClientError(.forbidden, "Only the room's moderators may do that.")
        }
        return standing
    }

    // MARK: Members

    /// The members of a room.
    public func members(
        _ principal: Principal, _ room: String, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        _ = try await standing(principal, room)
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.members(room, cursor: cursor, limit: limit)
        }
        let here = await present(room)
        return RoomService.encode("members", page) { member, writer in
            writer.beginObject()
            writer.person("user", Author(id: member.user, name: member.name))
            writer.field("role", member.role.rawValue)
            writer.field("joined_at", member.joinedAt.milliseconds)
            writer.field("last_seen_at", member.lastSeenAt.milliseconds)
            writer.field("present", here.contains(member.user))
            writer.endObject()
        }
    }

    /// Gives a member a role; `owner` hands the room over.
    public func setRole(
        _ principal: Principal, _ room: String, user: String, _ role: Role
    ) async throws(ClientError) {
        let standing = try await moderator(principal, room)
        guard standing.role == .owner else { throw ClientError(.forbidden, "Only the owner gives roles.") }
        // Who owns the room by being its member must still do so when it is written: of two transfers at once one is.
        let giver = standing.view.member?.role == .owner ? principal.user : nil
        let outcome = try await stored { () async throws(StorageError) in
            try await context.rooms.setRole(room, user: user, role, by: giver)
        }
        switch outcome {
        case .changed(let member, let formerOwner):
            context.post(.promoted(room: room, user: member.user, member.role), to: room)
            if let formerOwner {
                context.post(.promoted(room: room, user: formerOwner, .moderator), to: room)
            }
            // A gate may ask for a role, and keeps no owner out.
            for changed in [member.user, formerOwner].compactMap({ $0 }) {
                GateService(context)?.recheck(room, user: changed)
            }
        case .unchanged: return
        case .notByOwner: throw ClientError(.forbidden, "Only the owner gives roles.")
        case .notMember: throw ClientError(.userNotFound, "That person is not a member.", field: "user")
        case .isOwner:
            throw ClientError(.conflict, "A room has an owner: make somebody else it first.", field: "user")
        }
    }

    /// Ends a membership: one's own, or that of somebody of lower rank.
    public func remove(_ principal: Principal, _ room: String, user: String) async throws(ClientError) {
        let standing = try await standing(principal, room, isLeaving: user == principal.user)
        if user != principal.user { try await outranks(standing, room, user) }
        let outcome = try await stored { () async throws(StorageError) in
            try await context.rooms.remove(room, user: user)
        }
        switch outcome {
        case .removed: break
        case .notMember: throw ClientError(.userNotFound, "That person is not a member.", field: "user")
        case .isOwner:
            throw ClientError(
                .conflict, "The owner cannot leave the room without handing it over.", field: "user")
        }
        context.gates?.book.forget(room, user)
        context.post(.evict(room: room, user: user, isBan: false, reason: nil), to: room)
    }

    /// Refuses what people do to those of their own rank or above.
    private func outranks(_ standing: Standing, _ room: String, _ user: String) async throws(ClientError) {
        guard standing.role != .member else {
            throw ClientError(.forbidden, "Only the room's moderators may do that.")
        }
        let own = try await stored { () async throws(StorageError) in
            try await context.rooms.role(room, user: user)
        }
        let lent = context.grants.role(room, user)
        let other = own.map { RoomAccess.effective($0, lent) } ?? lent
        guard other == nil || other == .member || standing.role == .owner && other != .owner else {
            throw ClientError(.forbidden, "That person's rank is not below yours.", field: "user")
        }
    }

    // MARK: Bans

    /// Bans a person: at once on every connection, and until the ban ends.
    public func ban(
        _ principal: Principal, _ room: String, user: String, reason: String?, until: Timestamp?
    ) async throws(ClientError) {
        let standing = try await standing(principal, room)
        guard user != principal.user else { throw .invalid("user", "Nobody bans themselves.") }
        try await outranks(standing, room, user)
        let ban = BanRecord(room: room, user: user, by: principal.user, reason: reason, until: until)
        let isDone = try await stored { () async throws(StorageError) in
            try await context.rooms.ban(ban, as: standing.role)
        }
        guard isDone else { throw RoomService.higherBan }
        // Who is banned is no member any more: nothing of the room is listed for them.
        _ = try await stored { () async throws(StorageError) in
            try await context.rooms.remove(room, user: user)
        }
        context.post(.evict(room: room, user: user, isBan: true, reason: reason), to: room)
    }

    private static let higherBan = ClientError(
        .forbidden, "This ban was set by somebody above you, and is theirs to change.", field: "user")

    /// Lifts a ban.
    public func unban(_ principal: Principal, _ room: String, user: String) async throws(ClientError) {
        let standing = try await moderator(principal, room)
        let isLifted = try await stored { () async throws(StorageError) in
            try await context.rooms.unban(room, user: user, as: standing.role)
        }
        guard isLifted else {
            let ban = try await stored { () async throws(StorageError) in
                try await context.rooms.activeBan(room, user: user)
            }
            guard ban == nil else { throw RoomService.higherBan }
            throw ClientError(.userNotFound, "That person is not banned.", field: "user")
        }
    }

    /// The bans in force.
    public func bans(
        _ principal: Principal, _ room: String, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        _ = try await moderator(principal, room)
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.bans(room, cursor: cursor, limit: limit)
        }
        return RoomService.encode("bans", page) { ban, writer in
            writer.beginObject()
            writer.field("user", ban.user)
            writer.field("by", ban.by)
            writer.optional("reason", ban.reason)
            writer.field("at", ban.at.milliseconds)
            writer.optional("until", ban.until)
            writer.endObject()
        }
    }

    // MARK: Invitations, reports

    /// Invites a person by name, or whoever has the code that is returned.
    public func invite(
        _ principal: Principal, _ room: String, user: String?, expiresAt: Timestamp?
    ) async throws(ClientError) -> SharedBytes {
        _ = try await moderator(principal, room)
        let code = user == nil ? InvitationCode.make() : nil
        let invitation = InvitationRecord(
            room: room, codeHash: code.map(InvitationCode.hash), user: user, by: principal.user,
            expiresAt: expiresAt)
        try await stored { () async throws(StorageError) in try await context.rooms.invite(invitation) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("id", invitation.id)
        writer.optional("code", code)
        writer.optional("user", user)
        writer.optional("expires_at", expiresAt)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// Tells the moderators of a message.
    public func report(
        _ principal: Principal, _ room: String, message: String, reason: String?
    ) async throws(ClientError) -> SharedBytes {
        _ = try await standing(principal, room)
        let found = try await stored { () async throws(StorageError) in
            try await context.messages.message(message, room: room)
        }
        guard found != nil else {
            throw ClientError(.messageNotFound, "There is no such message in this room.", field: "message_id")
        }
        let report = ReportRecord(room: room, messageID: message, by: principal.user, reason: reason)
        try await stored { () async throws(StorageError) in try await context.rooms.report(report) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("id", report.id)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// The messages that people have reported, for moderators.
    public func reports(
        _ principal: Principal, _ room: String, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        _ = try await moderator(principal, room)
        let page = try await stored { () async throws(StorageError) in
            try await context.rooms.reports(room, cursor: cursor, limit: limit)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("reports")
        writer.beginArray()
        for report in page.items {
            let message = try await stored { () async throws(StorageError) in
                try await context.messages.message(report.messageID, room: room)
            }
            writer.beginObject()
            writer.field("id", report.id)
            writer.person("reporter", Author(id: report.by, name: report.by))
            writer.optional("reason", report.reason)
            writer.field("at", report.at.milliseconds)
            writer.key("message")
            if let message { MessageForm.write(message, to: &writer, listing: true) } else { writer.null() }
            writer.endObject()
        }
        writer.endArray()
        writer.optional("cursor", page.cursor)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    // MARK: Hiding

    /// The people whom a person does not want to see.
    public func hidden(_ principal: Principal) async throws(ClientError) -> SharedBytes {
        let users = try await stored { () async throws(StorageError) in
            try await context.rooms.hidden(from: principal.user)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.texts("users", users)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    /// Hides a person for oneself, or shows them again.
    public func hide(_ principal: Principal, user: String, _ isHidden: Bool) async throws(ClientError) {
        try await stored { () async throws(StorageError) in
            if isHidden {
                try await context.rooms.hide(user, from: principal.user)
            } else {
                _ = try await context.rooms.unhide(user, from: principal.user)
            }
        }
    }
}
