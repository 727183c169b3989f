public import Bytes
public import ClientProtocol
import Gates
public import Identity
public import JSON
import Storage

extension RoomService {
    /// A room's gate, and how the person who asks stands to it.
    ///
    /// - Parameter anew: Whether their holdings are read again, which nobody does without end.
    public func gate(
        _ principal: Principal, _ room: String, anew: Bool = false
    ) async throws(ClientError) -> SharedBytes {
        let view = try await visible(principal, room)
        guard view.room.isGated else { return RoomService.encode(nil, nil, GateNames()) }
        guard let gate = GateService(context), let policy = view.room.gatePolicy else {
            throw GateService.unavailable(nil)
        }
        if anew {
            let quota = RateQuota.quarterHour(gate.gates.settings.checks)
            let excess = gate.gates.limiter.excess(
                "\(principal.tenant) \(principal.user)", quota, now: GateService.now())
            if let excess { throw .beyond(excess, "checks", "You have looked too often. Wait a while.") }
        }
        let report = try await gate.report(view, principal, anew: anew)
        return RoomService.encode(policy, report, await gate.names(policy))
    }

    private static func encode(
        _ policy: GatePolicy?, _ report: GateReport?, _ names: GateNames
    ) -> SharedBytes {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("gate")
        if let policy { policy.json.write(to: &writer) } else { writer.null() }
        // Without a gate there is nothing that could be closed.
        (report ?? GateReport(.all([]), GateFacts(wallets: []))).write(to: &writer)
        names.write(to: &writer)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    // MARK: Trying a gate

    /// Tells a room's owner who of its members a gate would keep out; nothing changes.
    ///
    /// - Parameters:
    ///   - body: The gate's fields as a room has them; none: the gate that the room has.
    ///   - cursor: From the page before.
    ///   - limit: Members looked at for one answer.
    public func tryGate(
        _ principal: Principal, _ room: String, _ body: JSONValue, cursor: String?, limit: Int
    ) async throws(ClientError) -> SharedBytes {
        let standing = try await moderator(principal, room)
        guard standing.role == .owner else {
            throw ClientError(.forbidden, "Only the owner changes the gate.")
        }
        let forming = GateForming(body)
        // The room's own type and gate have no say in what is only tried.
        let outcome = try forming.outcome(type: nil, of: nil)
        guard let policy = outcome?.policy ?? (forming.isEmpty ? standing.view.room.gatePolicy : nil) else {
            throw .invalid("gate", "Which gate is to be tried?")
        }
        try await GateService.check(policy, isTree: outcome?.tree != nil, for: principal, context)
        guard let gate = GateService(context) else { throw GateService.unavailable(nil) }
        let page = try await gate.trial(
            policy, standing.view.room, for: principal, after: cursor ?? "", limit: limit)
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("members", page.count)
        RoomService.write("would_lose", page.filter { $0.report.verdict == .no }, to: &writer)
        RoomService.write("unknown", page.filter { $0.report.verdict == .unknown }, to: &writer)
        writer.optional("cursor", page.count == limit ? page.last?.member.user : nil)
        writer.endObject()
        return SharedBytes(writer.span)
    }

    private static func write(
        _ name: StaticString, _ people: [(member: MemberRecord, report: GateReport)],
        to writer: inout JSONWriter
    ) {
        writer.key(name)
        writer.beginArray()
        for (member, report) in people {
            writer.beginObject()
            writer.person("user", Author(id: member.user, name: member.name))
            report.write(to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }
}
