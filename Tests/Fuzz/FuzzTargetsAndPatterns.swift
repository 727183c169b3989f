import Bytes
import HTTP
import PubSub

/// A target means the same when it is written again as it was understood.
public func fuzzRequestTarget(_ bytes: [UInt8]) {
    _ = HTTPHost.isValid(bytes.span)
    if let text = PercentCoding.decode(bytes.span), !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        let encoded = PercentCoding.encode(text)
        require(PercentCoding.decode(encoded.utf8Span.span) == text, "what is encoded decodes to the same")
    }
    guard let target = try? RequestTarget(bytes.span, method: .get) else { return }
    for segment in target.segments {
        require(segment != "." && segment != "..", "no target climbs")
        require(!segment.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "no control characters in a path")
    }
    let again = try? RequestTarget(target.text.utf8Span.span, method: .get)
    require(again?.segments == target.segments, "a path is read again as the same")
    require(again?.query == target.query, "a query is read again as the same")
    require(
        again?.queryItems.map(\.name) == target.queryItems.map(\.name), "names are read again as the same")
}

/// A pattern covers all that a pattern covers which it covers: otherwise a grant could be got around.
///
/// An input is two patterns and a name, separated by line feeds.
public func fuzzChannelPattern(_ bytes: [UInt8]) {
    guard let text = String(utf8: bytes.span) else { return }
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return }
    let (grant, wanted, name) = (ChannelPattern(parts[0]), ChannelPattern(parts[1]), parts[2])
    require(grant.covers(grant), "a pattern covers itself")
    require(
        !(grant.covers(wanted) && wanted.covers(name)) || grant.covers(name),
        "what a covered pattern covers is covered: \(parts)")
    for part in parts where ChannelPattern(streams: part) != nil {
        require(part.hasPrefix("topic:") && TextRules.isPrintable(part), "a topic's name can be shown")
    }
}
