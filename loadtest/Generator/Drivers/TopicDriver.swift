import Bytes

/// Our own server's topics.
struct TopicDriver: Driver {
    let tokens: Tokens
    let payloadBytes: Int

    func target(_ seat: Seat, since: ResumePosition?) -> String { "/ws" }

    func headers(_ seat: Seat) -> [(name: StaticString, value: String)] {
        [("authorization", "Bearer " + tokens.make(seat, topics: true))]
    }

    func greeting(_ seat: Seat, since: ResumePosition?) -> String {
        guard seat.receives else { return "" }
        let channel = "topic:r\(seat.room)"
        var text = #"{"type":"subscribe","id":"1","channels":["\#(channel)"]"#
        if let since {
            text += #","since":{"\#(channel)":{"epoch":"\#(since.epoch)","offset":\#(since.offset)}}"#
        }
        return text + "}"
    }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        if text.holds(#""publication","#, at: 8) {
            // The payload is a text at the very end: `…"data":"<payload>"}`.
            let start = text.count - payloadBytes - 2
            guard text.holds(#""data":""#, at: start - 8) else { return .delivery(0..<0) }
            return .delivery(start..<start + payloadBytes)
        }
        if text.holds(#""snapshot","#, at: 8) { return .ready }
        // A gap says that something was lost.
        if text.holds(#""error","#, at: 8) || text.holds(#""gap","#, at: 8) { return .refused }
        return .aside
    }

    func position(_ text: Span<UInt8>) -> (epoch: String?, offset: UInt64?) {
        let offset = text.end(of: #""offset":"#).map { text.number(at: $0) }
        guard text.holds(#""snapshot","#, at: 8) else { return (nil, offset) }
        return (StoaText.epoch(text), offset)
    }

    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {
        text.append(#"{"type":"publish","channel":"topic:r"#)
        text.append(decimal: Int64(seat.room))
        text.append(#"","data":""#)
        text.append(payload)
        text.append(#""}"#)
    }
}

/// Reading what our own server writes.
enum StoaText {
    static func epoch(_ text: Span<UInt8>) -> String? {
        guard let start = text.end(of: #""epoch":""#),
            let end = text.end(of: "\"", from: start)
        else { return nil }
        return String(utf8: text.extracting(start..<end - 1))
    }
}
