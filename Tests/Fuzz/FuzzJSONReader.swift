import Bytes
import JSON

/// The tree and the skipping reader agree on what is JSON, and what is written reads back the same.
public func fuzzJSONReader(_ bytes: [UInt8]) {
    var reader = JSONReader(bytes.span)
    var skipped = true
    do throws(JSONError) {
        _ = try reader.skipValue()
        try reader.end()
    } catch {
        skipped = false
        require(error.offset <= bytes.count, "an error is inside the input")
        _ = error.location(in: bytes.span)
    }
    do throws(JSONError) {
        let value = try JSONValue(parsing: bytes.span)
        require(skipped, "the tree takes no more than the reader")
        var writer = JSONWriter()
        value.write(to: &writer)
        let again = try JSONValue(parsing: writer.span)
        require(again == value, "what is written reads back the same")
    } catch {
        require(!skipped || error.reason == .duplicateKey, "the tree refuses nothing but repeated names more")
    }
}
