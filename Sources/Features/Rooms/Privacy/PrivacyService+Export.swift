import Bytes
import Identity
import JSON
import Storage

extension PrivacyService {
    private static let auditLines = 500
    /// Lines of lists in one part: of events of an application, with their data, a few megabytes at most.
    private static let accountLines = 1000

    /// Does one step of an export: each makes a part at most.
    func exportStep(_ job: PrivacyJob) async throws -> PrivacyJob {
        switch job.step {
        case 0: return try await exportAccount(job)
        case 1: return try await exportEvents(job)
        case 2: return try await exportRecord(job, as: \.actor)
        case 3: return try await exportRecord(job, as: \.target)
        case 4: return try await exportTotal(job)
        default: return try await finish(job)
        }
    }

    /// The lists of what is kept, some lines of them at a time: `seq` says in which list the job is, `room` where in it.
    private func exportAccount(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        var text = ""
        if job.parts == 0 {
            text += PrivacyService.line("person") { writer in
                writer.field("user", job.person.user)
                writer.field("tenant", job.person.tenant)
            }
        }
        let place = PrivacyRepository.ListPlace(list: Int(job.seq), after: job.room)
        let stretch = try await repository.lines(
            of: job.person, from: place, limit: PrivacyService.accountLines)
        for line in stretch.lines {
            text += PrivacyService.line(line.kind) { writer in
                for (name, value) in line.members {
                    writer.key(dynamic: name)
                    switch value {
                    case .integer(let number): writer.value(number)
                    case .text(let text): writer.value(text)
                    case .null, .bytes: writer.null()
                    }
                }
            }
            job.count(line.kind, 1)
        }
        if let next = stretch.next {
            (job.seq, job.room) = (Int64(next.list), next.after)
        } else {
            job.finishStep()
        }
        return try await keep(text, job)
    }

    private func exportEvents(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        let user = job.person.user
        let window = try await repository.window(of: user, room: job.room, after: job.seq)
        guard let room = window.room?.id else {
            job.finishStep()
            try await repository.save(job, lease: lease())
            return job
        }
        var text = ""
        for event in window.events where event.actor == user {
            let kind = ["message", "edit", "deletion", "pin", "reaction"][min(max(event.kind, 0), 4)]
            text += PrivacyService.line(kind) { writer in
                writer.field("room", room)
                writer.field("seq", event.seq)
                writer.field("at", event.at.milliseconds)
                writer.field("message_id", event.messageID)
                writer.field("deleted", event.isDeleted)
                if let content = event.content { writer.field("content", content) }
                if let emoji = event.emoji { writer.field("emoji", emoji) }
            }
            job.count(kind, 1)
        }
        advance(&job, past: window)
        return try await keep(text, job)
    }

    private func exportRecord(
        _ job: PrivacyJob, as role: WritableKeyPath<AuditFilter, String?>
    ) async throws -> PrivacyJob {
        var job = job
        var filter = AuditFilter()
        filter[keyPath: role] = job.person.user
        let lines = try await audit.lines(filter, after: job.room, limit: PrivacyService.auditLines)
        var text = ""
        for entry in lines {
            text += PrivacyService.line("record") { writer in
                writer.field("id", entry.id)
                writer.field("at", entry.at.milliseconds)
                writer.field("by", entry.actor)
                writer.field("action", entry.action)
                writer.optional("room", entry.room)
                writer.optional("target", entry.target)
                writer.field("outcome", entry.outcome)
                // From where is told of one's own acts alone.
                if entry.actor == job.person.user { writer.optional("address", entry.address) }
            }
            job.count("record", 1)
        }
        job.room = lines.last?.id ?? job.room
        if lines.count < PrivacyService.auditLines { job.finishStep() }
        return try await keep(text, job)
    }

    /// The last line: how much there is of each kind, so that whoever has the file knows that it is whole.
    private func exportTotal(_ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        let text = PrivacyService.line("total") { writer in
            writer.key("counts")
            PrivacyService.write(job.counts, to: &writer)
        }
        job.finishStep()
        return try await keep(text, job)
    }

    private func keep(_ text: String, _ job: PrivacyJob) async throws -> PrivacyJob {
        var job = job
        if !text.isEmpty { job.parts += 1 }
        try await repository.save(job, part: text.isEmpty ? nil : text, lease: lease())
        return job
    }

    private static func line(_ kind: String, _ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("kind", kind)
        members(&writer)
        writer.endObject()
        return writer.text() + "\n"
    }
}
