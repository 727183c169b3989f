extension HTTPError {
    /// What is wrong, for whoever wrote the client.
    public var sentence: String {
        switch self {
        case .invalidStartLine:
            "The request line is not a method, a target and a version with one space between."
        case .invalidLineEnd: "A line does not end with CR and LF, or has a CR within."
        case .invalidTarget: "The request's target has bytes, escapes or dot segments that none may have."
        case .invalidHeaderName: "A header line has no colon, a bad name, or space before the colon."
        case .invalidHeaderValue: "A header's value has a control character."
        case .obsoleteFolding: "A header line begins with white space."
        case .missingHost: "The request has no Host header."
        case .invalidHost: "The Host header is there twice or is no host."
        case .invalidLength: "The Content-Length header is there twice or is no number."
        case .ambiguousLength:
            "The request says in two ways how long its body is, or has a length where none can be."
        case .unsupportedTransferCoding: "Only the transfer coding chunked is taken."
        case .invalidChunk: "A chunk of the body has a bad size or a bad end."
        case .bodyTooLarge: "The body is longer than allowed."
        case .startLineTooLong: "The request line is longer than allowed."
        case .headersTooLarge: "The headers are more, or longer, than allowed."
        case .unsupportedMethod: "This method has no meaning here."
        case .unsupportedExpectation: "Only the expectation 100-continue can be met."
        case .unsupportedVersion: "Only HTTP/1.0 and HTTP/1.1 are spoken here."
        }
    }
}
