public import Bytes

/// Writes JSON into a buffer of its own, in the order of the calls; commas come by themselves.
///
/// That brackets match and every key gets one value is the caller's part.
public struct JSONWriter: ~Copyable {
    private var buffer: ByteBuffer
    // Set behind a value, cleared behind a bracket that opens and behind a key.
    private var isCommaDue = false

    /// A writer of nothing yet.
    ///
    /// - Parameter capacity: Bytes to reserve now.
    public init(capacity: Int = 256) { buffer = ByteBuffer(capacity: capacity) }

    /// What has been written.
    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { buffer.span }
    }

    /// What has been written, given away.
    public consuming func finish() -> ByteBuffer { buffer }

    /// What has been written, as text.
    public consuming func text() -> String { String(utf8: buffer.span) ?? "" }

    /// Drops what has been written and keeps the memory.
    public mutating func removeAll() {
        buffer.removeAll()
        isCommaDue = false
    }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes an object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes an array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name that needs no escapes.
    public mutating func key(_ name: StaticString) {
        separate()
        buffer.append(UInt8(ascii: "\""))
        buffer.append(name)
        buffer.append("\":")
        isCommaDue = false
    }

    /// A member's name of any content.
    public mutating func key(dynamic name: String) {
        separate()
        appendQuoted(name)
        buffer.append(UInt8(ascii: ":"))
        isCommaDue = false
    }

    /// A string.
    public mutating func value(_ text: String) {
        separate()
        appendQuoted(text)
    }

    /// A string, by its UTF-8, which must be valid.
    public mutating func value(utf8 text: Span<UInt8>) {
        separate()
        JSONString.append(quoted: text, to: &buffer)
    }

    /// A whole number.
    public mutating func value(_ number: Int64) {
        separate()
        buffer.append(decimal: number)
    }

    /// A whole number.
    public mutating func value(_ number: Int) { value(Int64(number)) }

    /// A truth value.
    public mutating func value(_ truth: Bool) {
        separate()
        buffer.append(truth ? "true" : "false")
    }

    /// No value.
    public mutating func null() {
        separate()
        buffer.append("null")
    }

    /// A value that is JSON already, copied as it is.
    public mutating func raw(_ json: Span<UInt8>) {
        separate()
        buffer.append(json)
    }

    /// Writes members that are JSON already, as `"a":1,"b":2`; none where there are no bytes.
    public mutating func members(_ json: Span<UInt8>) {
        guard json.count > 0 else { return }
        raw(json)
    }

    /// A member that is a string.
    public mutating func field(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// A member that is a string, or no member.
    public mutating func field(_ name: StaticString, ifPresent text: String?) {
        if let text { field(name, text) }
    }

    /// A member that is a whole number.
    public mutating func field(_ name: StaticString, _ number: Int64) {
        key(name)
        value(number)
    }

    /// A member that is a whole number.
    public mutating func field(_ name: StaticString, _ number: Int) { field(name, Int64(number)) }

    /// A member that is a truth value.
    public mutating func field(_ name: StaticString, _ truth: Bool) {
        key(name)
        value(truth)
    }

    private mutating func separate() {
        if isCommaDue { buffer.append(UInt8(ascii: ",")) }
        isCommaDue = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        buffer.append(bracket)
        isCommaDue = false
    }

    private mutating func close(_ bracket: UInt8) {
        buffer.append(bracket)
        isCommaDue = true
    }

    private mutating func appendQuoted(_ text: String) {
        JSONString.append(quoted: text.utf8Span.span, to: &buffer)
    }
}
