import ClientProtocol
import Identity
import PubSub
import Storage

extension RoomHome {
    /// Looks anew at what the tokens of somebody's connections lend them.
    ///
    /// - Parameter before: The role that the room knows them by; told of when it is another one now.
    func takeGrants(of person: Person, before: Role? = nil) {
        person.takeGrants()
        shard.context.grants.note(person.granted, room: id, user: person.author.id)
        reseat(person)
        if let before, person.role != before { announceRole(person.author, person.role) }
    }

    /// A connection's token has been renewed by one that lends another role here.
    func renew(_ handle: SubscriberHandle, _ principal: Principal) {
        var wasLent = false
        for join in joins.values where join.request.handle == handle {
            wasLent = wasLent || RoomAccess.granted(join.request.principal, id) != nil
            join.request.principal = principal
            // What it has read so far was judged by the old token.
            generation += 1
        }
        if let person = users[handle],
            var connection = person.connections.remove(where: { $0.handle == handle })
        {
            wasLent = wasLent || person.granted != nil
            let before = person.role
            connection.granted = RoomAccess.granted(principal, id)
            person.connections.append(connection)
            takeGrants(of: person, before: before)
        }
        GateService(shard.context)?.grantChanged(id, user: principal.user, wasLent: wasLent)
        if wasLent, people[principal.user]?.granted == nil { endLentMembership(of: principal.user) }
    }

    /// Who was in a private room by their token alone leaves it with the token's word.
    private func endLentMembership(of user: String) {
        let (context, room) = (shard.context, id)
        Task {
            guard (try? await context.rooms.endLentMembership(room, user: user)) == true else { return }
            let words = "Your token does not let you into this room any more."
            context.post(.evict(room: room, user: user, isBan: false, reason: words), to: room)
        }
    }
}
