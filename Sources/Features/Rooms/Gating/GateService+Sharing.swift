import Bytes
import Gates
import PubSub
import Storage

/// Several processes over one store: one sweeps, and what the store remembers of leases is what all of them go by.
extension GateService {
    /// Whether other processes may know more of leases than this one.
    var isShared: Bool { gates.duty != nil }

    /// How long the store is not told again of somebody to whom a gate is open.
    var noteMilliseconds: Int64 { min(60_000, gates.settings.graceMilliseconds / 4) }

    /// How old a lease may be that spares a question: a sweep may have failed, and the store hears of it now and then.
    private var freshMilliseconds: Int64 {
        2 * gates.settings.sweepMilliseconds + (isShared ? noteMilliseconds : 0)
    }

    static func note(_ record: LeaseRecord?) -> LeaseNote? {
        guard let record, let verifiedAt = moment(record) else { return nil }
        return LeaseNote(written: record.verifiedAt.milliseconds, verifiedAt: verifiedAt)
    }

    /// A person's lease by all that is known: of a single process by its book, of several by the store too; without
    /// either by the store alone.
    func lease(_ room: String, _ user: String) async -> Lease {
        let own = gates.book.lease(room, user)
        if let own, !isShared { return own }
        // A store that cannot say has nothing to show.
        let note = GateService.note(try? await gates.store.lease(room, user: user))
        let now = GateService.now()
        var lease = own ?? Lease(verifiedAt: note?.verifiedAt, now: now)
        lease.learn(note, now: now)
        return lease
    }

    /// Changes a person's lease, with what other processes have found of them taken first.
    func change<R: Sendable>(_ visitor: GateVisitor, now: Int64, _ body: (inout Lease) -> R) -> R {
        gates.book.change(visitor.room.id, visitor.user, or: visitor.lease(now: now)) { lease in
            if isShared { lease.learn(visitor.note, now: now) }
            return body(&lease)
        }
    }

    /// Whether somebody has been let in, and so lately that nobody needs to be asked.
    func isGood(_ room: String, _ user: String) async -> Bool {
        // After a start a process of its own asks, as it always did.
        guard isShared || gates.book.lease(room, user) != nil else { return false }
        return await lease(room, user).isGood(within: freshMilliseconds, now: GateService.now())
    }

    /// Takes what the store remembers of somebody who rests on a role of a token that is nowhere: it shows them nothing
    /// of the room any more. They stay a member.
    ///
    /// The process to which they are connected with such a token says so again and again.
    func withholdNote(_ visitor: GateVisitor) async {
        guard let verifiedAt = visitor.verifiedAt, GateService.now() - verifiedAt > freshMilliseconds else {
            return
        }
        try? await gates.store.withhold(visitor.room.id, user: visitor.user)
    }

    /// Notes that a token which let somebody in by its role lends them none any more; they are in for the grace.
    func noteRole(of visitor: GateVisitor) async {
        guard isShared, let known = visitor.known, known.granted != visitor.granted else { return }
        let record = LeaseRecord(
            room: known.room, user: known.user, walletTenant: visitor.walletTenant,
            granted: visitor.granted, verifiedAt: known.verifiedAt)
        try? await gates.store.keep([record])
    }

    // MARK: What each process does

    /// A round of one of several processes: of everybody where it has the duty, else of those whom it alone knows, who
    /// are here by a role of their token.
    func share(_ duty: KeptDuty) async {
        if await duty.takeOn() {
            let before = gates.figures
            await lookAtAll()
            // Another one may reach nodes that this one does not.
            if gates.figures.heardNothing(since: before) { await duty.layDown() }
        } else {
            let lent = context.grants.holders.map { WatchBook.Subject(room: $0.room, user: $0.user) }
            await look(at: Set(lent)) { $0.restsOnRole }
        }
        await forgetAbsent()
    }

    /// Lets accounts go unwatched of people who are not here any more.
    private func forgetAbsent() async {
        guard let feed = gates.feed else { return }
        var gone: Set<WatchBook.Subject> = []
        for (room, subjects) in Dictionary(grouping: gates.watched.settled(), by: \.room) {
            let people = await RoomService(context).ownPeople(room)
            gone.formUnion(subjects.filter { !people.contains($0.user) })
        }
        await feed.want(gates.watched.forget(gone))
    }

    /// Looks at certain people.
    ///
    /// - Parameter matters: Says who of them is looked at.
    func look(
        at subjects: Set<WatchBook.Subject>, where matters: (GateVisitor) -> Bool = { _ in true }
    ) async {
        var batch: [GateVisitor] = []
        for (room, subjects) in Dictionary(grouping: subjects, by: \.room) {
            guard let record = try? await context.rooms.room(room), record.active,
                let policy = record.gatePolicy
            else { continue }
            for subject in subjects {
                guard let member = try? await gates.store.members(room, user: subject.user, limit: 1).first
                else { continue }
                let visitor = visitor(member, record, policy)
                if matters(visitor) { batch.append(visitor) }
            }
        }
        await look(at: batch)
    }

    /// Those of several people who are here or about to be: each process watches the accounts of its own people.
    func own(_ visitors: [GateVisitor]) async -> [GateVisitor] {
        guard isShared else { return visitors }
        var people: [String: Set<String>] = [:]
        for room in Set(visitors.lazy.filter { !$0.isAsking }.map(\.room.id)) {
            people[room] = await RoomService(context).ownPeople(room)
        }
        return visitors.filter { $0.isAsking || people[$0.room.id]?.contains($0.user) ?? false }
    }
}
