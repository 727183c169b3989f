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
        var index = 0
        let count = bytes.count
        while index < count {
            if due == 0 {
                index = UTF8Validator.skipASCII(bytes, from: index)
                guard index < count else { return true }
                guard begin(bytes[index]) else { return false }
            } else {
                let byte = bytes[index]
                guard byte >= low, byte <= high else { return false }
                due -= 1
                low = 0x80
                high = 0xBF
            }
            index += 1
        }
        return true
    }

    /// Whether the bytes are whole, valid UTF-8.
    public static func isValid(_ bytes: Span<UInt8>) -> Bool {
        var validator = UTF8Validator()
        return validator.append(bytes) && validator.isComplete
    }

    /// Where the first byte above 127 is, or the end.
    @inlinable static func skipASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        let count = bytes.count
        while count - index >= 16 {
            guard (bytes.word(at: index) | bytes.word(at: index + 8)) & ByteLanes.highBits == 0 else { break }
            index += 16
        }
        while index < count, bytes[index] < 0x80 { index += 1 }
        return index
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
