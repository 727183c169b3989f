import Bytes

/// People of our own server who wait for their alerts.
struct AlertDriver: Driver {
    let tokens: Tokens

    func target(_ seat: Seat, since: ResumePosition?) -> String { "/ws" }

    func headers(_ seat: Seat) -> [(name: StaticString, value: String)] {
        [("authorization", "Bearer " + tokens.make(seat, topics: false))]
    }

    func isReadyWhenOpen(_ seat: Seat) -> Bool { false }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        if text.holds(#""alert_triggered","#, at: 8) { return .values }
        if text.holds(#""welcome","#, at: 8) { return .ready }
        if text.holds(#""error","#, at: 8) || text.holds(#""gap","#, at: 8) { return .refused }
        return .aside
    }

    // Ticks are told over HTTP.
    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {}
}
