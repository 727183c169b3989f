import Bytes
import Cryptography
import Identity

/// A message, a header and a number in base 58 each have one text, and only that text is read.
///
/// The signer whom headers must name is the one that the input names at that place.
public func fuzzWallets(_ bytes: [UInt8]) {
    for chain in WalletChain.allCases { checkMessage(bytes, chain) }
    for alphabet in [Base58.bitcoin, .xrpl] { checkBase58(bytes, alphabet) }
    // Behind domain, version and count in v1; behind the application and the format too in v0.
    for start in [18, 51] where bytes.count >= start + 32 {
        checkHeader(bytes, signer: Array(bytes[start..<(start + 32)]))
    }
    checkHeader(bytes, signer: [UInt8](repeating: 7, count: 32))
}

private func checkMessage(_ bytes: [UInt8], _ chain: WalletChain) {
    guard let message = SignInMessage(parsing: bytes, for: chain) else { return }
    require(Array(message.text(for: chain).utf8) == bytes, "a message has one text")
    require(message.difference(from: message) == nil, "a message is itself")
    for other in WalletChain.allCases where other != chain {
        require(SignInMessage(parsing: bytes, for: other) == nil, "a message is of one ledger")
    }
    var changed = message
    changed.values[.nonce] = (message.values[.nonce] ?? "") + "0"
    require(changed.difference(from: message) == .nonce, "another nonce is noticed")
}

private func checkHeader(_ bytes: [UInt8], signer: [UInt8]) {
    guard let text = SolanaSignatureGate.text(in: bytes, signer: signer) else {
        return require(bytes.first == 0xFF, "only what begins with a header is refused")
    }
    guard bytes.starts(with: [0xFF] + Array("solana offchain".utf8)) else {
        return require(text == bytes, "a text without a header is all of it")
    }
    require(!text.isEmpty && String(validating: text, as: UTF8.self) != nil, "a text is UTF-8")
    require(bytes.suffix(text.count).elementsEqual(text), "a text ends what was signed")
    require([20, 50, 85].contains(bytes.count - text.count), "there are three headers")
}

private func checkBase58(_ bytes: [UInt8], _ alphabet: Base58) {
    if let decoded = alphabet.decode(bytes.span) {
        require(Array(alphabet.encode(decoded.span).utf8) == bytes, "bytes have one text")
    }
    if let decoded = alphabet.decodeChecked(bytes.span) {
        require(Array(alphabet.encodeChecked(decoded).utf8) == bytes, "bytes have one text with a checksum")
    }
    // 93 bytes are at most 128 digits.
    let short = Array(bytes.prefix(93))
    require(
        alphabet.decode(Array(alphabet.encode(short.span).utf8).span) == short, "what is encoded comes back")
}
