import Storage
// To take accents off letters they must be taken apart, which the standard library shows to those who ask for its inner
// parts only.
@_spi(_Unicode) import Swift

/// The words of a text: runs of letters, digits and symbols, in lower case and without accents.
///
/// They are kept one after the other in one array, since a text of each would cost more than finding them.
struct SplitText {
    /// What is longer is no word that anybody types; PostgreSQL takes 2,046 bytes.
    private static let wordLimitBytes = 400

    private(set) var bytes: [UInt8] = []
    // Where each word ends in `bytes`.
    private var ends: [Int] = []
    // Where the word at hand begins.
    private var start = 0

    init(_ text: String) {
        bytes.reserveCapacity(text.utf8.count)
        ends.reserveCapacity(text.utf8.count / 4)
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if let folded = SplitText.foldedASCII(UInt8(truncatingIfNeeded: scalar.value)) {
                    if mayGrow { bytes.append(folded) }
                } else {
                    end()
                }
            } else {
                take(scalar)
            }
        }
        end()
    }

    var isEmpty: Bool { ends.isEmpty }

    var count: Int { ends.count }

    func forEach(_ body: (ArraySlice<UInt8>) -> Void) {
        var start = 0
        for end in ends {
            body(bytes[start..<end])
            start = end
        }
    }

    /// Each as a text of its own.
    var words: [String] {
        var words: [String] = []
        forEach { words.append(String(decoding: $0, as: UTF8.self)) }
        return words
    }

    private var mayGrow: Bool { bytes.count - start < SplitText.wordLimitBytes }

    private mutating func end() {
        if bytes.count > start { ends.append(bytes.count) }
        start = bytes.count
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        // The selector that asks for the coloured form of a symbol is no part of it.
        if scalar == "\u{FE0F}" { return }
        if SearchText.isWord(scalar) {
            end()
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            end()
        } else if let folded = SplitText.folded(scalar) {
            if mayGrow { bytes.append(contentsOf: folded.utf8) }
        } else {
            end()
        }
    }

    /// A character of a word as it is compared; nil for what ends a word.
    private static func foldedASCII(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil
        }
    }

    /// The same of what is not ASCII: empty for an accent.
    private static func folded(_ scalar: Unicode.Scalar) -> String? {
        if (0x300...0x36F).contains(scalar.value) { return "" }
        guard isIndexed(scalar) else { return nil }
        var text = ""
        for part in String(scalar)._nfd where !(0x300...0x36F).contains(part.value) {
            text += part.properties.lowercaseMapping
        }
        return text
    }

    private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber,
            .letterNumber, .otherNumber, .otherSymbol, .privateUse, .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }
}
