import Bytes
import ClientProtocol
import Identity
import PubSub
import Reactor
import Storage

extension PrivacyService {
    /// Does one step of an erasure.
    func eraseStep(_ job: PrivacyJob) async throws -> PrivacyJob {
        switch job.step {
        case 0: return try await endAccount(job)
        case 1: return try await leaveRooms(job)
        case 2: return try await eraseMessages(job)
        case 3: return try await anonymise(job)
        case 4: return try await repository.eraseTraces(job, lease: lease())
        default:
            // Once more: what others did meanwhile was pushed to them too.
            context.topics.post(.forgetPersonal(user: job.person.inbox))
            return try await finish(job)
        }
    }

    /// Tokens first: nobody says anything more in this name.
    private func endAccount(_ job: PrivacyJob) async throws -> PrivacyJob {
        try await access.revoke(job.person)
        context.topics.post(.forgetPersonal(user: job.person.inbox))
        try await repository.forget(before: Timestamp(milliseconds: 0), of: job.person)
        let done = try await repository.eraseAccount(job, lease: lease())
        erased.ring()
        return done
    }

    // MARK: Rooms

    private func leaveRooms(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        let user = job.person.user
        let page = try await context.rooms.rooms(of: user, limit: 20)
        for mine in page.items {
            if mine.role == .owner { try await handOver(mine.room, of: user) }
            let outcome = try await context.rooms.remove(mine.room.id, user: user)
            // The last one in it: the room is archived, and goes with the rest of what is kept of them.
            if case .isOwner = outcome { continue }
            job.count("memberships", 1)
            context.post(.evict(room: mine.room.id, user: user, isBan: false, reason: nil), to: mine.room.id)
        }
        if page.items.isEmpty { job.finishStep() }
        try await repository.save(job, lease: lease())
        return job
    }

    private func handOver(_ room: RoomRecord, of user: String) async throws {
        guard let heir = try await repository.heir(of: room.id, besides: user) else {
            if let archived = try await context.rooms.archive(room.id) {
                context.post(.changed(archived), to: room.id)
            }
            return
        }
        if case .changed(let member, let former) = try await context.rooms.setRole(
            room.id, user: heir, .owner)
        {
            context.post(.promoted(room: room.id, user: member.user, .owner), to: room.id)
            if let former { context.post(.promoted(room: room.id, user: former, .moderator), to: room.id) }
        }
    }

    // MARK: Messages

    /// Deletes messages as their author would: whoever is in the room sees it, and search, mentions and threads follow.
    private func eraseMessages(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        guard settings.messages == .tombstone else {
            job.finishStep()
            try await repository.save(job, lease: lease())
            return job
        }
        let window = try await repository.window(of: job.person.user, room: job.room, after: job.seq)
        guard let room = window.room else {
            job.finishStep()
            try await repository.save(job, lease: lease())
            return job
        }
        let own = window.events.filter { $0.kind == 0 && !$0.isDeleted && $0.actor == job.person.user }
        for start in stride(from: 0, to: own.count, by: PrivacyService.deletionsAtOnce) {
            let some = own[start..<min(own.count, start + PrivacyService.deletionsAtOnce)]
            try await delete(some.map(\.messageID), in: room, as: job.heir)
            (job.room, job.seq) = (room.id, some.last?.seq ?? job.seq)
            try await repository.save(job, lease: lease())
        }
        advance(&job, past: window)
        try await repository.save(job, lease: lease())
        return job
    }

    /// Few enough that what others write waits for a few milliseconds.
    private static let deletionsAtOnce = 50

    private func delete(_ messages: [String], in room: RoomRecord, as heir: String) async throws {
        let author = Author(id: heir, name: PrivacyService.nameless)
        for message in messages {
            let act = Act.delete(messageID: message, byModerator: true)
            let request = AppendRequest(tenant: room.tenant, room: room.id, actor: author, act: act)
            guard context.log.append(request) else {
                throw StorageError.unavailable("too many messages wait for the store")
            }
        }
        await context.log.drain()
        for message in messages {
            // One that the store could not delete is deleted by the next attempt.
            guard let kept = try await context.messages.message(message, room: room.id), !kept.deleted else {
                continue
            }
            throw StorageError.unavailable("a message was not deleted")
        }
    }

    /// Puts a nameless person in their place, window by window.
    private func anonymise(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        let window = try await repository.window(of: job.person.user, room: job.room, after: job.seq)
        guard let room = window.room?.id else {
            job.finishStep()
            try await repository.save(job, lease: lease())
            return job
        }
        advance(&job, past: window)
        guard !window.events.isEmpty else {
            if window.endsRoom { try await repository.save(job, lease: lease()) }
            return job
        }
        let own = window.events.filter { $0.actor == job.person.user }
        job.count("messages", own.count { $0.kind == 0 })
        job.count("other_events", own.count { $0.kind != 0 })
        try await repository.anonymise(window, job, name: PrivacyService.nameless, lease: lease())
        context.post(.forgetEvents(room: room), to: room)
        return job
    }

    func advance(_ job: inout PrivacyJob, past window: PersonalWindow) {
        guard let room = window.room?.id else { return }
        // The next room's id is greater; nothing lies between an id and itself with a space behind it.
        (job.room, job.seq) = window.endsRoom ? (room + " ", 0) : (room, window.seq)
    }
}
