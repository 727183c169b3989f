import Bytes
public import ClientProtocol
public import Identity
public import Storage

/// Who may be in a room, and as what.
public enum RoomAccess {
    /// What a look at the store came to.
    public enum Verdict: Sendable {
        /// A member, or one by their token.
        case admitted(Role)
        /// May become a member.
        case welcome(Role)
        /// Needs to redeem the invitation code given, and may then become a member.
        case redeems
        /// Is or may become a member, if the room's gate is open to them.
        case gated(Role, isMember: Bool)
        /// May not.
        case refused(ClientError)
    }

    /// Judges a person by what the store knows.
    ///
    /// A locked room takes nobody new: members come back, others wait. Owners are exempt from their room's gate.
    public static func judge(_ view: JoinView, _ principal: Principal, invitation: String?) -> Verdict {
        // Strangers do not learn that a private room exists, whatever has become of it.
        let isKnown =
            view.member != nil || view.isInvited || principal.isOperator
            || principal.roomRoles[view.room.id] != nil
        if view.room.type == .private, !view.room.active, !isKnown { return .refused(roomNotFound) }
        guard view.room.active else { return .refused(ClientError(.roomArchived, "This room is archived.")) }
        if let ban = view.ban { return .refused(banned(ban)) }
        if principal.isOperator { return .admitted(.owner) }
        let granted = granted(principal, view.room.id)
        if let member = view.member {
            let role = effective(member.role, granted)
            // Who is owner by their token alone passes the gate too, which notes it for its looks at members.
            return view.room.isGated && member.role != .owner ? .gated(role, isMember: true) : .admitted(role)
        }
        if let granted {
            return view.room.isGated ? .gated(granted, isMember: false) : .welcome(granted)
        }
        if view.room.locked {
            return .refused(ClientError(.roomLocked, "This room is locked: nobody new can join."))
        }
        switch view.room.type {
        case .public: return .welcome(.member)
        case .private:
            if view.isInvited { return .welcome(.member) }
            if invitation != nil { return .redeems }
            // Strangers do not learn that a private room exists.
            return .refused(roomNotFound)
        case .tokenGated, .nftGated: return .gated(.member, isMember: false)
        }
    }

    /// The role that a person's token gives in a room.
    static func granted(_ principal: Principal, _ room: String) -> Role? {
        principal.isOperator ? .owner : principal.roomRoles[room].flatMap(Role.init(rawValue:))
    }

    /// The higher one of a member's role and the one that their token gives.
    static func effective(_ role: Role, _ granted: Role?) -> Role {
        granted.map { $0.outranks(role) ? $0 : role } ?? role
    }

    /// There is no such room, or none that the person may know of.
    public static let roomNotFound = ClientError(.roomNotFound, "There is no such room.", field: "room")

    private static func banned(_ ban: BanRecord) -> ClientError {
        let reason = ban.reason.map { ": \($0)" } ?? "."
        let left = ban.until.map { max(0, $0.milliseconds - Timestamp.now().milliseconds) }
        return ClientError(.banned, "You are banned from this room\(reason)", retryAfter: left)
    }
}
