import Identity

/// An address that is taken is one plain word with one `@`, whose form reads back the same.
public func fuzzEmailAddress(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self), let address = EmailAddress(text) else {
        return
    }
    require(EmailAddress(address.text) == address, "an address has one form")
    require(address.text.utf8.count == bytes.count && bytes.count <= EmailAddress.byteLimit, "of its length")
    require(address.text.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "nothing breaks a line or a word")
    require(address.text.utf8.count { $0 == UInt8(ascii: "@") } == 1, "it has one @")
    require(
        !address.text.utf8.contains { Array("<>\"(),:;[\\]".utf8).contains($0) }, "nothing of a mail's syntax"
    )
    require(address.text.hasSuffix("@" + address.domain), "the domain is what is behind the @")
}
