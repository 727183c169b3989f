extension WebSocketError {
    /// What is wrong, for the close frame: at most 123 bytes.
    public var sentence: String {
        switch self {
        case .reservedBits: "A frame has reserved bits that no extension gave a meaning."
        case .reservedOpcode: "A frame has a reserved opcode."
        case .unmasked: "A client's frames are masked."
        case .masked: "A server's frames are not masked."
        case .fragmentedControl: "A control frame cannot be in fragments."
        case .longControl: "A control frame has at most 125 bytes."
        case .invalidLength: "A frame's length is not written in the shortest way."
        case .unexpectedContinuation: "A continuation without a message."
        case .expectedContinuation: "A new message within an unfinished one."
        case .invalidClose: "A close frame without a possible code."
        case .invalidUTF8: "The text is not UTF-8."
        case .invalidDeflate: "The compressed message cannot be inflated."
        case .messageTooBig: "The message is longer than allowed."
        case .tooManyFrames: "The message is in more frames than allowed."
        case .inflateRatio: "The compressed message grows out of all proportion."
        case .outOfMemory: "There is no memory to inflate with."
        }
    }
}
