/// Takes passwords out of what is shown.
enum Redaction {
    /// A text whose addresses show no user's password: `https://ann:(hidden)@host`.
    static func applied(to text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { address(String($0)) }
            .joined(separator: ",")
    }

    private static func address(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        // A password that is not encoded as it should be may hold a slash.
        guard let end = text.lastIndex(of: "@"), end > scheme.upperBound,
            let colon = text[scheme.upperBound..<end].firstIndex(of: ":")
        else { return text }
        return text[...colon] + "(hidden)" + text[end...]
    }
}
