public import ClientProtocol

extension TickFieldError {
    /// The refusal that names the field.
    public var clientError: ClientError {
        let words =
            switch self {
            case .symbol:
                "\"symbol\" is 1 to \(Symbol.lengthLimit) letters, digits, \"-\", \".\" and \"_\", as BTC-USD."
            case .price:
                "\"price\" is a decimal above 0, best as a string, with at most 18 digits on either side."
            case .volume: "\"volume\" is a decimal, not negative, with at most 18 digits on either side."
            case .at: "\"at\" is a moment in milliseconds since 1970."
            case .sequence: "\"sequence\" is a whole number."
            }
        return .invalid(rawValue, words)
    }
}
