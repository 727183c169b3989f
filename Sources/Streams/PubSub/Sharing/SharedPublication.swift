import Bytes
import ClientProtocol
import JSON

/// What came over a topic's channel: a publication with its position, or what another service said there.
struct SharedPublication {
    private var type = ""
    private var channel = ""
    private var epoch = ""
    private var offset: Int64 = 0
    private var milliseconds: Int64 = 0
    private var dataRange: Range<Int>?

    /// Reads a message; nil where it is no JSON object.
    init?(_ payload: Span<UInt8>) {
        do throws(JSONError) {
            try read(payload)
        } catch {
            // An object of others may have members of our names and other kinds.
            self = SharedPublication()
            guard SharedPublication.isObject(payload) else { return nil }
        }
    }

    private init() {}

    private mutating func read(_ payload: Span<UInt8>) throws(JSONError) {
        var reader = JSONReader(payload)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if reader.key(key, equals: "type") {
                type = try reader.readString()
            } else if reader.key(key, equals: "channel") {
                channel = try reader.readString()
            } else if reader.key(key, equals: "epoch") {
                epoch = try reader.readString()
            } else if reader.key(key, equals: "offset") {
                offset = try reader.readInt()
            } else if reader.key(key, equals: "at") {
                milliseconds = try reader.readInt()
            } else {
                let isData = reader.key(key, equals: "data")
                let range = try reader.skipValue()
                if isData { dataRange = range }
            }
        }
        try reader.end()
    }

    private static func isObject(_ payload: Span<UInt8>) -> Bool {
        do throws(JSONError) {
            var reader = JSONReader(payload)
            guard case .object = try reader.peek() else { return false }
            _ = try reader.skipValue()
            try reader.end()
            return true
        } catch {
            return false
        }
    }

    /// Where it stands in a topic; nil where it is no publication of that topic.
    func position(in topic: String) -> StreamPosition? {
        guard type == "publication", channel == topic, !epoch.isEmpty, offset > 0, dataRange != nil else {
            return nil
        }
        return StreamPosition(epoch: epoch, offset: offset)
    }

    /// When it was published.
    var at: Timestamp { Timestamp(milliseconds: milliseconds) }

    /// What was published.
    func data(in payload: [UInt8]) -> [UInt8] { dataRange.map { Array(payload[$0]) } ?? [] }
}
