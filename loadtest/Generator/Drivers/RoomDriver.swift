import Bytes

/// Our own server's rooms: durable, with presence.
struct RoomDriver: Driver {
    let tokens: Tokens
    let payloadBytes: Int
    /// Tells this run's messages from another's: ids that clients choose are remembered.
    let run: String

    /// The id of a room, the same whenever the same run asks.
    static func room(_ index: Int) -> String {
        let digits = String(index, radix: 16)
        return "01980000-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    func target(_ seat: Seat, since: ResumePosition?) -> String {
        let path = "/ws/rooms/\(RoomDriver.room(seat.room))"
        guard let since else { return path }
        return "\(path)?since=\(since.epoch):\(since.offset)"
    }

    func headers(_ seat: Seat) -> [(name: StaticString, value: String)] {
        [("authorization", "Bearer " + tokens.make(seat, topics: false))]
    }

    func isReadyWhenOpen(_ seat: Seat) -> Bool { false }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        if text.holds(#""new_message","#, at: 8) {
            guard let start = text.end(of: #""content":""#), start + payloadBytes <= text.count else {
                return .delivery(0..<0)
            }
            return .delivery(start..<start + payloadBytes)
        }
        if text.holds(#""ack","id":""#, at: 8) {
            return .acknowledged(UInt32(truncatingIfNeeded: text.number(at: 20)))
        }
        if text.holds(#""user_"#, at: 8) || text.holds(#""presence_diff","#, at: 8) { return .presence }
        if text.holds(#""joined","#, at: 8) { return .ready }
        if text.holds(#""error","#, at: 8) || text.holds(#""gap","#, at: 8) { return .refused }
        return .aside
    }

    func position(_ text: Span<UInt8>) -> (epoch: String?, offset: UInt64?) {
        let offset = text.end(of: #""seq":"#).map { text.number(at: $0) }
        guard text.holds(#""joined","#, at: 8) else { return (nil, offset) }
        return (StoaText.epoch(text), offset)
    }

    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {
        text.append(#"{"type":"chat_message","id":""#)
        text.append(decimal: UInt64(number))
        text.append(#"","client_id":""#)
        text.append(text: run)
        text.append("-")
        text.append(decimal: UInt64(number))
        text.append(#"","content":""#)
        text.append(payload)
        text.append(#""}"#)
    }

    var acknowledges: Bool { true }
}
