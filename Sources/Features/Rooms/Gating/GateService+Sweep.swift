import Bytes
import Gates
import PubSub
import Storage

extension GateService {
    /// Members looked at together: their accounts share questions.
    private static let batchLimit = 1000
    private static let roomLimit = 200
    /// Full questions on their way at a time.
    private static let askingLimit = 8

    /// Looks at those behind gates for ever, every so often; ends with its task.
    public func watch() async {
        await withTaskGroup { group in
            if let duty = gates.duty { group.addTask { await duty.keep() } }
            group.addTask { await watchAlone() }
        }
    }

    private func watchAlone() async {
        let interval = gates.settings.sweepMilliseconds
        while !Task.isCancelled {
            // Not all instances, and not always at the same second.
            let pause = Int64.random(in: interval * 4 / 5...interval * 6 / 5)
            guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { return }
            await sweep()
        }
    }

    /// Looks at everybody behind a gate once, unless another process does; while that goes on, a further wish comes after it.
    func sweep() async {
        guard gates.turn.begin() else { return }
        repeat { await round() } while gates.turn.end()
    }

    private func round() async {
        if let duty = gates.duty {
            await share(duty)
        } else {
            gates.watched.beginRound()
            await lookAtAll()
            await gates.feed?.want(gates.watched.endRound())
        }
        let settings = gates.settings
        let longest = 2 * max(settings.graceMilliseconds, 2 * settings.sweepMilliseconds)
        gates.book.forget(before: GateService.now() - longest)
    }

    /// Looks at everybody behind a gate.
    func lookAtAll() async {
        var after = ""
        var batch: [GateVisitor] = []
        while let rooms = try? await gates.store.gatedRooms(after: after, limit: GateService.roomLimit),
            let last = rooms.last
        {
            for room in rooms {
                // Another process goes on with what is left.
                guard gates.duty?.isHeld ?? true else { return }
                await sweep(room, &batch)
            }
            after = last.id
        }
        await look(at: batch)
    }

    /// Looks at everybody behind a room's gate now.
    ///
    /// Owners have this done as often as they like, so that it takes nothing of the part that sweeps have.
    func recheck(_ room: RoomRecord) {
        Task {
            var batch: [GateVisitor] = []
            await sweep(room, &batch, .trial)
            await look(at: batch, .trial)
        }
    }

    /// Looks at a person in a room now: something about them has changed.
    func recheck(_ room: String, user: String) {
        Task { await look(at: room, user: user) }
    }

    func look(at room: String, user: String) async {
        guard let record = try? await context.rooms.room(room) else { return }
        await look(at: record, user)
    }

    /// Looks at a person in all rooms now, since a wallet is not theirs any more.
    public func walletsChanged(of user: String) {
        Task {
            // What they have shown with that wallet counts for nothing.
            try? await gates.store.forget(user: user)
            for room in (try? await gates.store.gatedRooms(of: user)) ?? [] {
                gates.book.forget(room.id, user)
                await look(at: room, user)
            }
        }
    }

    private func look(at room: RoomRecord, _ user: String) async {
        guard let policy = room.gatePolicy, room.active,
            let member = try? await gates.store.members(room.id, user: user, limit: 1).first
        else { return }
        await look(at: [visitor(member, room, policy)])
    }

    /// Adds a room's members to a batch; a full one is looked at.
    private func sweep(
        _ room: RoomRecord, _ batch: inout [GateVisitor], _ priority: RequestPriority = .sweep
    ) async {
        guard let policy = room.gatePolicy else { return }
        var after = ""
        while let members = try? await gates.store.members(
            room.id, after: after, limit: GateService.batchLimit),
            let last = members.last
        {
            batch += members.map { visitor($0, room, policy) }
            after = last.member.user
            guard batch.count >= GateService.batchLimit else { continue }
            await look(at: batch, priority)
            batch = []
        }
    }

    // MARK: A batch

    /// Looks at people by few questions, and asks in full about those for whom these do not suffice.
    func look(at visitors: [GateVisitor], _ priority: RequestPriority = .sweep) async {
        // Other processes do not know whom a token makes an owner here.
        if isShared { await note(open: visitors.filter(\.isExempt)) }
        let visitors = visitors.filter { !$0.isExempt }
        let queries = visitors.lazy.filter { GateReport($0.policy, $0.facts).verdict == .unknown }
            .reduce(into: Set<HoldingQuery>()) { $0.formUnion($1.queries) }
        let checkedAt = Timestamp.now()
        let found = queries.isEmpty ? [:] : await gates.solana.readAgain(queries, priority)
        var open: [GateVisitor] = []
        var unclear: [GateVisitor] = []
        for var visitor in visitors {
            visitor.facts.readings = GateService.proofs(in: found, for: visitor, checkedAt)
            switch GateReport(visitor.policy, visitor.facts).verdict {
            case .yes: open.append(visitor)
            case .no: await doubt(visitor, isFull: false)
            case .unknown: await sort(visitor, found, &unclear)
            }
        }
        await note(open: open)
        await askInFull(about: unclear, priority)
    }

    /// Of what was read the part that is known for sure: that enough is still there.
    private static func proofs(
        in found: [HoldingQuery: Reading], for visitor: GateVisitor, _ checkedAt: Timestamp
    ) -> [HoldingQuery: TimedReading] {
        var proofs: [HoldingQuery: TimedReading] = [:]
        for query in visitor.queries {
            guard let reading = found[query],
                reading.verdict(atLeast: visitor.policy.most(of: query.asset)) == .yes
            else { continue }
            proofs[query] = TimedReading(reading, checkedAt: checkedAt)
        }
        return proofs
    }

    /// Decides what becomes of somebody of whom the batch did not prove that they may stay.
    private func sort(
        _ visitor: GateVisitor, _ found: [HoldingQuery: Reading], _ unclear: inout [GateVisitor]
    ) async {
        var hasFailed = false
        var slot: UInt64?
        for query in visitor.queries {
            switch found[query] {
            case .unknown: hasFailed = true
            case .holds(_, let seen): slot = max(slot ?? 0, seen ?? 0)
            case nil: break
            }
        }
        guard visitor.queries.allSatisfy({ found[$0] != nil }) else { return unclear.append(visitor) }
        // While nodes fail, asking about each one by itself would only add to it.
        if hasFailed { return await wait(visitor) }
        guard slot != nil else { return unclear.append(visitor) }
        var seen = visitor
        for query in seen.queries {
            if let reading = found[query] {
                seen.facts.readings[query] = TimedReading(reading, checkedAt: .now())
            }
        }
        await doubt(seen, isFull: false)
    }

    private func askInFull(about visitors: [GateVisitor], _ priority: RequestPriority) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, visitor) in visitors.enumerated() {
                if index >= GateService.askingLimit { await group.next() }
                group.addTask {
                    var visitor = visitor
                    visitor.facts.readings = [:]
                    visitor.facts = await gates.keeper.complete(
                        visitor.policy, visitor.facts, priority)
                    await settle(member: visitor, isFull: false)
                }
            }
        }
    }
}

extension GatePolicy {
    /// The largest amount of an asset that any of the conditions asks for.
    func most(of asset: Asset) -> UInt128 {
        leaves.compactMap(\.holding).filter { $0.asset == asset }.map(\.minimum).max() ?? 1
    }
}
