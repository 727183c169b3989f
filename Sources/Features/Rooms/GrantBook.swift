import Storage
import Synchronization

/// Which roles the tokens of live connections lend in which rooms.
///
/// Homes write it and services read it: what is lent ends with the connections that lend it, and the store has no part
/// in it.
public final class GrantBook: Sendable {
    private struct Key: Hashable {
        let room: String
        let user: String
    }

    private let roles = Mutex<[Key: Role]>([:])

    func note(_ role: Role?, room: String, user: String) {
        roles.withLock { $0[Key(room: room, user: user)] = role }
    }

    /// Who is lent a role, and where.
    var holders: [(room: String, user: String)] {
        roles.withLock { roles in roles.keys.map { ($0.room, $0.user) } }
    }

    func role(_ room: String, _ user: String) -> Role? {
        roles.withLock { $0[Key(room: room, user: user)] }
    }
}
