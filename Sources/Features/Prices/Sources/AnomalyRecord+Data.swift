import Bytes
public import JSON
public import Storage

extension AnomalyRecord: JSONMembers {
    /// The channel on which anomalies are told.
    public static let channel = "anomalies"

    /// Writes the members of an anomaly.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("symbol", symbol)
        writer.field("primary", primary)
        writer.field("secondary", secondary)
        writer.field("percent", ifPresent: percent)
        writer.field("primary_source", primarySource)
        writer.field("secondary_source", secondarySource)
        writer.field("at", at.milliseconds)
    }
}
