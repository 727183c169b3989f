import Bytes
public import JSON

/// What is to be known of a mint before a room is gated by it.
public struct MintFacts: Equatable, Sendable {
    /// How many bytes of an account tell a mint from a token account: Token-2022 marks the kind behind 165 bytes.
    static let sliceLength = 166

    /// How many of a base unit's digits stand behind the point.
    public let decimals: UInt8
    /// All base units that exist.
    public let supply: UInt64

    /// Reads an account.
    ///
    /// ```
    /// 0           36       44         45
    /// │ authority │ supply │ decimals │ isInitialized │ …
    /// ```
    /// - Returns: Nil where the account is there and is no mint, or where there is none (`null`).
    /// - Throws: ``UnknownReason/malformed``.
    public init?(account: JSONValue) throws(UnknownReason) {
        if account.isNull { return nil }
        guard let program = account["owner"]?.string, let text = account["data"]?[0]?.string,
            account["data"]?[1]?.string == "base64", let bytes = Base64.decode(text.utf8Span.span)
        else { throw .malformed }
        guard TokenAccounts.programs.contains(program) else { return nil }
        let isExtended = program == TokenAccounts.programs[1] && bytes.count == MintFacts.sliceLength
        guard bytes.count == 82 || isExtended && bytes[165] == 1, bytes[45] == 1 else { return nil }
        decimals = bytes[44]
        supply = TokenAccounts.number(bytes[36..<44])
    }

    /// An amount of base units in whole tokens, as people write it.
    public func wholeTokens(_ amount: UInt64) -> String {
        let digits = String(amount)
        let padded = String(repeating: "0", count: max(0, Int(decimals) + 1 - digits.count)) + digits
        var fraction = padded.suffix(Int(decimals))
        while fraction.last == "0" { fraction.removeLast() }
        return padded.dropLast(Int(decimals)) + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}
