import WebSocket

/// The rules of RFC 6455 once more, over a whole stream and as plainly as they can be said; for comparison.
struct ReferenceDecoder {
    private let bytes: [UInt8]
    private let messageBytes: Int
    private var position = 0
    private var fragments: [UInt8]?
    private var isText = false
    private(set) var events: [Received] = []

    static func decode(_ bytes: [UInt8], messageBytes: Int) -> [Received] {
        var decoder = ReferenceDecoder(bytes, messageBytes)
        do {
            while try decoder.readFrame() {}
        } catch {
            decoder.events.append(.error(error))
        }
        return decoder.events
    }

    private init(_ bytes: [UInt8], _ messageBytes: Int) {
        self.bytes = bytes
        self.messageBytes = messageBytes
    }

    private mutating func readFrame() throws(WebSocketError) -> Bool {
        guard bytes.count - position >= 2 else { return false }
        let (first, second) = (bytes[position], bytes[position + 1])
        if first & 0x70 != 0 { throw .reservedBits }
        guard let opcode = Opcode(rawValue: first & 15) else { throw .reservedOpcode }
        let isFinal = first >= 0x80
        if opcode.isControl, !isFinal { throw .fragmentedControl }
        if second < 0x80 { throw .unmasked }
        if opcode.isControl, second & 127 > 125 { throw .longControl }
        let lengthBytes = [126: 2, 127: 8][Int(second & 127)] ?? 0
        let start = position + 2 + lengthBytes + 4
        guard start <= bytes.count else { return false }
        var length = UInt64(second & 127)
        if lengthBytes > 0 {
            length = bytes[position + 2..<position + 2 + lengthBytes].reduce(0) { $0 << 8 | UInt64($1) }
            if length < (lengthBytes == 2 ? 126 : 65_536) || length >= 1 << 63 { throw .invalidLength }
        }
        let key = Array(bytes[start - 4..<start])
        try check(opcode, length)
        let available = min(Int(length), bytes.count - start)
        let payload = (0..<available).map { bytes[start + $0] ^ key[$0 % 4] }
        position = start + available
        return try take(opcode, isFinal, payload, isWhole: available == Int(length))
    }

    private mutating func check(_ opcode: Opcode, _ length: UInt64) throws(WebSocketError) {
        if opcode.isControl { return }
        if opcode == .continuation, fragments == nil { throw .unexpectedContinuation }
        if opcode != .continuation, fragments != nil { throw .expectedContinuation }
        if length > UInt64(messageBytes - (fragments?.count ?? 0)) { throw .messageTooBig }
    }

    private mutating func take(
        _ opcode: Opcode, _ isFinal: Bool, _ payload: [UInt8], isWhole: Bool
    ) throws(WebSocketError) -> Bool {
        switch opcode {
        case .ping where isWhole: events.append(.ping(payload))
        case .pong where isWhole: events.append(.pong(payload))
        case .close where isWhole:
            try takeClose(payload)
            return false
        case .ping, .pong, .close: return false
        default:
            if opcode != .continuation { isText = opcode == .text }
            fragments = (fragments ?? []) + payload
            let message = fragments ?? []
            if isText, !isBeginning(message) { throw .invalidUTF8 }
            guard isFinal, isWhole else { return isWhole }
            fragments = nil
            guard isText else {
                events.append(.binary(message))
                break
            }
            guard let text = String(validating: message, as: UTF8.self) else { throw .invalidUTF8 }
            events.append(.text(text))
        }
        return true
    }

    private mutating func takeClose(_ payload: [UInt8]) throws(WebSocketError) {
        guard !payload.isEmpty else { return events.append(.close(nil, "")) }
        guard payload.count > 1 else { throw .invalidClose }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        let isKnown = (1000...1014).contains(code) && ![1004, 1005, 1006].contains(code)
        guard isKnown || (3000...4999).contains(code) else { throw .invalidClose }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .invalidUTF8 }
        events.append(.close(code, reason))
    }

    /// Whether some continuation makes it text: for each possible lead byte one of these does.
    private func isBeginning(_ bytes: [UInt8]) -> Bool {
        let ends: [[UInt8]] = [
            [], [0x80], [0x90], [0xA0], [0x80, 0x80], [0x90, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80],
            [0x90, 0x80, 0x80],
        ]
        return ends.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
    }
}
