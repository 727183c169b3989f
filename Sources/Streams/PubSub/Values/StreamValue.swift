import Bytes
import JSON

/// What a channel says that holds until it says something new: a price.
///
/// A reader that lags, or wants less than everything, gets the newest one in place of all before it.
public final class StreamValue: Sendable {
    private let format: StreamFormat
    /// A JSON member: the key under which batches have the value, as a symbol, and the value with its offset.
    let entry: [UInt8]
    /// The part of ``entry`` that is the value's object.
    private let object: Range<Int>

    /// A value.
    ///
    /// - Parameter members: Its JSON members without braces.
    init(_ format: StreamFormat, offset: Int64, members: Span<UInt8>) {
        var writer = JSONWriter(capacity: members.count + format.key.utf8.count + 40)
        writer.beginObject()
        writer.key(dynamic: format.key)
        let start = writer.span.count - 1
        writer.beginObject()
        writer.field("offset", offset)
        writer.members(members)
        writer.endObject()
        self.format = format
        entry = [UInt8](writer.span.extracting(1..<writer.span.count))
        object = start..<entry.count
    }

    /// The kind of channel that it is of.
    var kind: StreamKind { format.kind }

    /// A message with those members alone that are wanted.
    func message(of fields: [String]) -> SharedFrame {
        var writer = JSONWriter(capacity: 160)
        format.begin(&writer)
        writeMembers(of: fields, to: &writer)
        writer.endObject()
        return SharedFrame(writer.span, .value)
    }

    /// The same entry with those members alone that are wanted, and the offset.
    func entry(of fields: [String]) -> [UInt8] {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writeMembers(of: fields, to: &writer)
        writer.endObject()
        var selected = Array(entry[..<object.lowerBound])
        selected.append(contentsOf: [UInt8](writer.span))
        return selected
    }

    /// Writes the value's own members that are wanted, the offset always among them.
    private func writeMembers(of fields: [String], to writer: inout JSONWriter) {
        let entry = entry
        let value = entry.span.extracting(object)
        var reader = JSONReader(value)
        do throws(JSONError) {
            try reader.beginObject()
            while let key = try reader.nextKey() {
                let name = reader.string(of: key)
                let range = try reader.skipValue()
                guard name == "offset" || fields.contains(name) else { continue }
                writer.key(dynamic: name)
                writer.raw(value.extracting(range))
            }
        } catch {
            // It was written by the initializer above, from members that were valid.
        }
    }
}
