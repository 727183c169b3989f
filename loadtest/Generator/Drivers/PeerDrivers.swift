import Bytes

/// The few words that `loadtest/peers` speaks where a peer can be programmed: `S<channel>`, `P<channel> <payload>`.
struct BenchDriver: Driver {
    func target(_ seat: Seat, since: ResumePosition?) -> String { "/bench" }

    func greeting(_ seat: Seat, since: ResumePosition?) -> String { seat.receives ? "Sr\(seat.room)" : "" }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        if text.count == 1 { return text[0] == UInt8(ascii: "s") ? .ready : .aside }
        return .delivery(0..<text.count)
    }

    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {
        text.append("Pr")
        text.append(decimal: Int64(seat.room))
        text.append(" ")
        text.append(payload)
    }
}

/// Messages are payloads and nothing else, from the handshake on.
protocol BareDriver: Driver {}

extension BareDriver {
    func isReadyWhenOpen(_ seat: Seat) -> Bool { true }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        return .delivery(0..<text.count)
    }

    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {
        text.append(payload)
    }
}

/// `/echo`: what is sent comes back.
struct EchoDriver: BareDriver {
    func target(_ seat: Seat, since: ResumePosition?) -> String { "/echo" }
}

/// nginx with Nchan: a path for each channel, one for those who send and one for those who read.
struct NchanDriver: BareDriver {
    func target(_ seat: Seat, since: ResumePosition?) -> String {
        seat.receives ? "/sub/r\(seat.room)" : "/pub/r\(seat.room)"
    }

}

/// The JSON protocol of centrifuge's first versions: several objects in a message, a line each.
struct CentrifugeDriver: Driver {
    let payloadBytes: Int

    func target(_ seat: Seat, since: ResumePosition?) -> String { "/connection/websocket" }

    func greeting(_ seat: Seat, since: ResumePosition?) -> String {
        // Number 2 is the last request of a greeting, whichever it is.
        guard seat.receives else { return #"{"id":2,"method":0,"params":{}}"# }
        return #"{"id":1,"method":0,"params":{}}"# + "\n"
            + #"{"id":2,"method":1,"params":{"channel":"r\#(seat.room)"}}"#
    }

    func isReadyWhenOpen(_ seat: Seat) -> Bool { false }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        let start = position
        position = text.end(of: "\n", from: start) ?? text.count
        let line = text.extracting(start..<position)
        if line.holds(#"{"id":"#, at: 0) {
            if line.end(of: #""error""#) != nil { return .refused }
            return line.number(at: 6) == 2 ? .ready : .aside
        }
        guard let found = line.end(of: #""data":{"data":""#), found + payloadBytes <= line.count else {
            return line.end(of: #""data":"#) == nil ? .aside : .delivery(0..<0)
        }
        return .delivery(start + found..<start + found + payloadBytes)
    }

    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {
        text.append(#"{"id":"#)
        text.append(decimal: UInt64(number) + 3)
        text.append(#","method":3,"params":{"channel":"r"#)
        text.append(decimal: Int64(seat.room))
        text.append(#"","data":""#)
        text.append(payload)
        text.append(#""}}"#)
    }
}
