import Bytes
public import JSON

extension GateReport {
    /// Writes `verdict` and `checks` as members of an object that is begun.
    public func write(to writer: inout JSONWriter) {
        writer.field("verdict", verdict.word)
        writer.key("checks")
        writer.beginArray()
        for check in checks { check.write(to: &writer) }
        writer.endArray()
    }
}

extension GateCheck {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("condition")
        condition.json.write(to: &writer)
        writer.field("verdict", verdict.word)
        writer.key("held")
        if let held { writer.value(condition.text(held)) } else { writer.null() }
        writer.key("checked_at")
        if let checkedAt { writer.value(checkedAt.milliseconds) } else { writer.null() }
        writer.key("reason")
        if let reason { writer.value(reason.word) } else { writer.null() }
        writer.endObject()
    }
}

extension GatePolicy {
    /// What is held, as this condition counts it.
    func text(_ held: UInt128) -> String {
        guard case .issued(_, let minimum) = self else { return String(held) }
        return DecimalAmount.text(held, scale: minimum.scale)
    }
}

extension Verdict {
    /// Its word on the wire.
    var word: String {
        switch self {
        case .yes: "yes"
        case .no: "no"
        case .unknown: "unknown"
        }
    }
}

extension UnknownReason {
    /// Its word on the wire.
    var word: String {
        switch self {
        case .timeout: "timeout"
        case .unreachable: "unreachable"
        case .rateLimited: "rate_limited"
        case .status: "status"
        case .malformed: "malformed"
        case .wrongID: "wrong_id"
        case .tooLarge: "too_large"
        case .refused: "refused"
        case .stale: "stale"
        case .contradictory: "contradictory"
        case .tooMany: "too_many"
        case .overBudget: "over_budget"
        case .noEndpoint: "no_endpoint"
        case .cancelled: "cancelled"
        }
    }
}
