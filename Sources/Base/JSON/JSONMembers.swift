import Bytes

/// What is told as a JSON object: it writes its members, and others may stand beside them.
public protocol JSONMembers {
    /// Writes the members.
    func writeMembers(to writer: inout JSONWriter)
}

extension JSONMembers {
    /// The object of these members alone.
    public var jsonObject: [UInt8] { JSONWriter.object { writeMembers(to: &$0) } }
}

extension JSONWriter {
    /// An object of the members that are written.
    ///
    /// - Parameter capacity: Bytes to reserve.
    public static func object(capacity: Int = 256, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.beginObject()
        write(&writer)
        writer.endObject()
        return [UInt8](writer.span)
    }
}
