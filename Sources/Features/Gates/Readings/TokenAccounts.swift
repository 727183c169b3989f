import Bytes
public import JSON

/// Sums up the token accounts in an answer, after it has proved to be about the question.
///
/// ```
/// 0      32      64       72         108    109        121         129
/// │ mint │ owner │ amount │ delegate │ state │ isNative │ delegated │
/// ```
/// Both token programs lay an account out like this; Token-2022's extensions come behind.
public struct TokenAccounts: Sendable {
    /// How many bytes of an account are asked for.
    static let sliceLength = 129
    static let programs = [
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
    ]

    private let wallet: SolanaAddress
    private let mint: SolanaAddress
    private let countsFrozen: Bool
    private let countsDelegated: Bool

    /// The accounts of a wallet for a mint.
    ///
    /// - Parameters:
    ///   - countsFrozen: Whether balances in frozen accounts count.
    ///   - countsDelegated: Whether what is delegated to others counts.
    public init(wallet: SolanaAddress, mint: SolanaAddress, countsFrozen: Bool, countsDelegated: Bool) {
        self.wallet = wallet
        self.mint = mint
        self.countsFrozen = countsFrozen
        self.countsDelegated = countsDelegated
    }

    /// The sum of base units in all accounts.
    ///
    /// - Throws: ``UnknownReason/malformed``, or ``UnknownReason/contradictory`` where an account is not this wallet's
    ///   of this mint, or comes twice.
    public func sum(_ value: JSONValue?) throws(UnknownReason) -> UInt128 {
        try amounts(value).reduce(0) { $0 + UInt128($1.amount) }
    }

    /// Each account with its base units.
    func amounts(_ value: JSONValue?) throws(UnknownReason) -> [(address: String, amount: UInt64)] {
        guard let accounts = value?.array else { throw .malformed }
        var seen: Set<String> = []
        var amounts: [(String, UInt64)] = []
        for account in accounts {
            guard let address = account["pubkey"]?.string, let account = account["account"],
                let program = account["owner"]?.string
            else { throw .malformed }
            guard seen.insert(address).inserted, TokenAccounts.programs.contains(program) else {
                throw .contradictory
            }
            amounts.append((address, try amount(account["data"])))
        }
        return amounts
    }

    /// The base units of one account that was the wallet's when it was last seen; 0 where it is gone or another's.
    func amount(ofKnown account: JSONValue) throws(UnknownReason) -> UInt64 {
        if account.isNull { return 0 }
        guard let program = account["owner"]?.string, let text = account["data"]?[0]?.string else {
            throw .malformed
        }
        guard TokenAccounts.programs.contains(program) else { return 0 }
        guard let bytes = Base64.decode(text.utf8Span.span), bytes.count == TokenAccounts.sliceLength else {
            throw .malformed
        }
        guard bytes[..<32].elementsEqual(mint.bytes), bytes[32..<64].elementsEqual(wallet.bytes) else {
            return 0
        }
        return try amount(account["data"])
    }

    private func amount(_ data: JSONValue?) throws(UnknownReason) -> UInt64 {
        guard let text = data?[0]?.string, data?[1]?.string == "base64",
            let bytes = Base64.decode(text.utf8Span.span), bytes.count == TokenAccounts.sliceLength
        else { throw .malformed }
        guard bytes[..<32].elementsEqual(mint.bytes), bytes[32..<64].elementsEqual(wallet.bytes) else {
            throw .contradictory
        }
        let isFrozen = bytes[108] == 2
        guard bytes[108] == 1 || isFrozen else { throw .malformed }
        let amount = TokenAccounts.number(bytes[64..<72])
        if isFrozen, !countsFrozen { return 0 }
        guard !countsDelegated, bytes[72] == 1 else { return amount }
        let delegated = TokenAccounts.number(bytes[121..<129])
        return amount > delegated ? amount - delegated : 0
    }

    /// A number with its lowest byte first.
    static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
