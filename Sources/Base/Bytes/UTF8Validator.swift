/// Checks UTF-8 (RFC 3629) as it arrives, in pieces cut anywhere.
///
/// Refuses at the first byte that no continuation could mend: over-long forms, surrogates and values above
/// U+10FFFF are noticed at their second byte.
@frozen
public struct UTF8Validator: Equatable, Sendable {
    // Continuation bytes still due, and what the next of them may be.
    @usableFromInline var due: UInt8 = 0
    @usableFromInline var low: UInt8 = 0x80
    @usableFromInline var high: UInt8 = 0xBF

    /// A validator before the first byte.
    @inlinable public init() {}

    /// Whether the bytes so far end with a whole character.
    @inlinable public var isComplete: Bool { due == 0 }

    /// Takes the next bytes.
    ///
    /// - Returns: False when they are not UTF-8, whatever may follow; the validator is of no use afterwards.
    public mutating func append(_ bytes: Span<UInt8>) -> Bool {
        var start = 0
        while due > 0, start < bytes.count {
            guard step(bytes[start]) else { return false }
            start += 1
        }
        // The standard library is twice as fast on whole characters; only the last may be cut.
        let end = max(start, UTF8Validator.lastStart(bytes))
        guard UTF8Validator.isValid(bytes.extracting(start..<end)) else { return false }
        for index in end..<bytes.count {
            guard step(bytes[index]) else { return false }
        }
        return true
    }

    /// Whether the bytes are whole, valid UTF-8.
    public static func isValid(_ bytes: Span<UInt8>) -> Bool { (try? UTF8Span(validating: bytes)) != nil }

    /// Where the last character begins that may be cut: behind it there are continuation bytes alone.
    private static func lastStart(_ bytes: Span<UInt8>) -> Int {
        var index = bytes.count
        while index > 0, bytes.count - index < 4 {
            index -= 1
            if bytes[index] & 0xC0 != 0x80 { return bytes[index] < 0x80 ? index + 1 : index }
        }
        return index
    }

    private mutating func step(_ byte: UInt8) -> Bool {
        guard due > 0 else { return byte < 0x80 || begin(byte) }
        guard byte >= low, byte <= high else { return false }
        due -= 1
        low = 0x80
        high = 0xBF
        return true
    }

    // The table of RFC 3629 §4.
    private mutating func begin(_ lead: UInt8) -> Bool {
        switch lead {
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, low) = (2, 0xA0)
        case 0xED: (due, high) = (2, 0x9F)
        case 0xE1...0xEF: due = 2
        case 0xF0: (due, low) = (3, 0x90)
        case 0xF1...0xF3: due = 3
        case 0xF4: (due, high) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
