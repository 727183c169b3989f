public import Bytes
import Decimals
public import JSON
import Storage

/// An asset's score with what it was made of.
public struct RiskReport: Sendable, Hashable, JSONMembers {
    /// Of what.
    public let symbol: Symbol
    /// The score; nil where too little is known.
    public let score: RiskScore?
    /// Without what there is no score, by the names on the wire.
    public let missing: [String]
    /// Where each input comes from: `given`, a price source's name or `candles`.
    let origins: [(name: String, from: String)]
    /// The volatility that was used, in percent.
    let volatility: ExactDecimal?
    /// When it was scored.
    public let at: Timestamp

    /// Compares all but the moment.
    public static func == (a: RiskReport, b: RiskReport) -> Bool {
        a.symbol == b.symbol && a.score == b.score && a.missing == b.missing && a.volatility == b.volatility
            && a.origins.map { "\($0.name) \($0.from)" } == b.origins.map { "\($0.name) \($0.from)" }
    }

    /// By what is compared.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(symbol)
        hasher.combine(score)
    }

    /// What the same score has in common at all processes that tell it.
    ///
    /// - Parameter inputs: When what it is made of was changed last; beside that it changes with the candles, by the day.
    func identity(as inputs: Timestamp) -> String {
        let text = score.map { String($0.score) } ?? ""
        return "\(inputs.milliseconds) \(at.milliseconds / 86_400_000) \(text) \(volatility?.text ?? "")"
    }

    /// The channel on which it is told.
    public var channel: String { symbol.riskChannel }

    /// Writes its members, the symbol not among them.
    public func writeMembers(to writer: inout JSONWriter) {
        if let score {
            score.writeMembers(to: &writer)
        } else {
            writer.key("missing")
            writer.beginArray()
            for name in missing { writer.value(name) }
            writer.endArray()
        }
        writer.field("volatility", ifPresent: volatility)
        writer.key("sources")
        writer.beginObject()
        for (name, origin) in origins {
            writer.key(dynamic: name)
            writer.value(origin)
        }
        writer.endObject()
        writer.field("at", at.milliseconds)
    }
}
