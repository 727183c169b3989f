import Bytes
import ClientProtocol
import HTTP
import JSON
import Storage

/// What of the past is asked for.
struct PriceRange {
    /// Rows of one answer.
    private static let rowLimit: Int64 = 1000
    private static let dayMilliseconds: Int64 = 86_400_000
    /// The year 9999's end.
    private static let latest: Int64 = 253_402_300_799_999

    /// From when, and up to when, the end not among it.
    let from, end: Timestamp
    /// Whether the caller says from when.
    let hasBeginning: Bool
    let limit: Int
    let isCSV: Bool
    /// Whether moments are texts and not numbers, for spreadsheets.
    let hasTextTimes: Bool
    private let cursor: String?

    /// - Parameter usual: How far back it goes where the caller does not say, in milliseconds.
    init(_ request: APIRequest, usual: Int64 = PriceRange.dayMilliseconds) throws(ClientError) {
        let now = Timestamp.now().milliseconds
        let end = try request.number("to", 0...PriceRange.latest) ?? now + PriceRange.dayMilliseconds
        let beginning = try request.number("from", 0...PriceRange.latest)
        let from = beginning ?? max(0, min(end, now) - usual)
        guard from <= end else { throw .invalid("from", "\"from\" is not after \"to\".") }
        self.from = Timestamp(milliseconds: from)
        self.end = Timestamp(milliseconds: end)
        hasBeginning = beginning != nil
        limit = Int(try request.number("limit", 1...PriceRange.rowLimit) ?? 100)
        switch request.query("format") ?? "json" {
        case "json": isCSV = false
        case "csv": isCSV = true
        default: throw .invalid("format", "\"format\" is json or csv.")
        }
        switch request.query("time") ?? "ms" {
        case "ms": hasTextTimes = false
        case "iso" where isCSV: hasTextTimes = true
        default: throw .invalid("time", "\"time\" is ms, or iso with the format csv.")
        }
        cursor = request.query("cursor")
    }

    /// A moment in a row of CSV.
    func text(_ moment: Timestamp) -> String {
        hasTextTimes ? DateTime.text(moment) : String(moment.milliseconds)
    }

    /// Where the page before ended.
    var position: TickPosition? {
        get throws(ClientError) {
            guard let cursor else { return nil }
            guard let position = TickPosition(cursor: cursor) else {
                throw .invalid("cursor", "\"cursor\" is what the page before had as \"next\".")
            }
            return position
        }
    }
}

extension TickPosition {
    /// The place of a tick.
    init(_ tick: TickRecord) { self.init(at: tick.at, source: tick.source, key: tick.key) }

    /// As clients hand it back.
    var cursor: String {
        var writer = JSONWriter()
        writer.beginArray()
        writer.value(at.milliseconds)
        writer.value(source)
        writer.value(key)
        writer.endArray()
        return Base64.encodeURL(writer.span)
    }

    fileprivate init?(cursor: String) {
        guard let bytes = Base64.decodeURL(cursor.utf8Span.span),
            let value = try? JSONValue(parsing: bytes.span),
            let at = value[0]?.integer, let source = value[1]?.string, let key = value[2]?.string
        else { return nil }
        self.init(at: Timestamp(milliseconds: at), source: source, key: key)
    }
}
