import Bytes
public import JSON
public import Storage

extension NotificationRecord: JSONMembers {
    /// Writes what it says, and when; neither its id nor whether it was read.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("kind", kind)
        writer.field("title", title)
        writer.field("body", body)
        writer.key("data")
        writer.raw(data.utf8Span.span)
        writer.field("at", at.milliseconds)
    }
}
