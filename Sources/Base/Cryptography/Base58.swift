import Bytes

/// Bytes as a number in base 58, whose digits nobody mistakes for each other; a leading zero byte is a leading zero digit.
///
/// Every list of bytes has exactly one text. The work grows with the square of the length, so texts are bounded.
public struct Base58: Sendable {
    /// The digits of Bitcoin, which Solana's addresses have.
    public static let bitcoin = Base58("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")
    /// The digits of the XRP Ledger.
    public static let xrpl = Base58("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz")

    /// The longest text that is decoded, and the most bytes that are encoded.
    public static let limit = 128

    private let digits: [UInt8]
    /// Each byte's value as a digit; 255 where it is none.
    private let values: [UInt8]

    private init(_ alphabet: String) {
        digits = Array(alphabet.utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        self.values = values
    }

    /// Encodes at most ``limit`` bytes.
    public func encode(_ bytes: Span<UInt8>) -> String {
        precondition(bytes.count <= Base58.limit, "base 58 is for short values")
        let number = Base58.convert(bytes, from: 256, to: 58)
        let zeros = Base58.leadingZeros(bytes)
        let text = [UInt8](repeating: digits[0], count: zeros) + number.map { digits[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes a text.
    ///
    /// - Returns: The bytes, or nil where the text has anything but digits or is longer than ``limit``.
    public func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count <= Base58.limit else { return nil }
        var numbers: [UInt8] = []
        numbers.reserveCapacity(text.count)
        for index in 0..<text.count {
            let value = values[Int(text[index])]
            guard value != 255 else { return nil }
            numbers.append(value)
        }
        let zeros = Base58.leadingZeros(numbers.span)
        return [UInt8](repeating: 0, count: zeros) + Base58.convert(numbers.span, from: 58, to: 256)
    }

    /// Encodes with the first 4 bytes of the double SHA-256 behind, so that a slip of the pen is noticed.
    public func encodeChecked(_ bytes: [UInt8]) -> String {
        let whole = bytes + Base58.checksum(bytes)
        return encode(whole.span)
    }

    /// Decodes what ``encodeChecked(_:)`` made.
    ///
    /// - Returns: The bytes without their checksum, or nil where it does not fit.
    public func decodeChecked(_ text: Span<UInt8>) -> [UInt8]? {
        guard let whole = decode(text), whole.count >= 4 else { return nil }
        let bytes = Array(whole.dropLast(4))
        return Array(whole.suffix(4)) == Base58.checksum(bytes) ? bytes : nil
    }

    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let once = Digest.sha256(bytes.span)
        return Array(Digest.sha256(once.span).prefix(4))
    }

    private static func leadingZeros(_ bytes: Span<UInt8>) -> Int {
        var count = 0
        while count < bytes.count, bytes[count] == 0 { count += 1 }
        return count
    }

    /// Writes a number in another base, the highest digit first and never a zero.
    private static func convert(_ number: Span<UInt8>, from base: UInt32, to other: UInt32) -> [UInt8] {
        // The lowest digit first, so that the number grows at its end.
        var result: [UInt8] = []
        for index in 0..<number.count {
            var carry = UInt32(number[index])
            for place in result.indices {
                carry += UInt32(result[place]) * base
                result[place] = UInt8(carry % other)
                carry /= other
            }
            while carry > 0 {
                result.append(UInt8(carry % other))
                carry /= other
            }
        }
        return result.reversed()
    }
}
