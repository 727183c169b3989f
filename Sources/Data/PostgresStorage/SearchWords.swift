import Storage
// To take accents off letters they must be taken apart, which the standard library shows to those who ask for its inner
// parts only.
@_spi(_Unicode) import Swift

/// A room's texts and queries as PostgreSQL's `tsvector` and `tsquery` in text form.
struct SearchWords {
    /// What the room's words begin with. Of two rooms that share it, the table's `room_id` tells them apart.
    private let prefix: String

    init(tenant: String, room: String) {
        // FNV-1a: it must be the same for ever, and nobody gains by making two rooms share it.
        var hash: UInt32 = 2_166_136_261
        for byte in Array(tenant.utf8) + [0] + Array(room.utf8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        prefix = String(hash, radix: 36) + "."
    }

    /// A message's words with their positions; nil where it has none.
    func vector(_ text: String) -> String? {
        let words = SearchWords.split(text)
        if words.isEmpty { return nil }
        var vector = ""
        vector.reserveCapacity(text.utf8.count + words.count * (prefix.utf8.count + 9))
        for (index, word) in words.enumerated() {
            if index > 0 { vector += " " }
            vector += "'"
            vector += prefix
            vector += word
            // Positions end at 16,383 whatever is written: far behind that, words are found and phrases are not told
            // apart.
            vector += "':"
            vector += String(min(index + 1, 16_383))
        }
        return vector
    }

    /// A query for all words of what somebody typed, or nil where there are none.
    ///
    /// What is one word to people and several to us (`foo-bar`, Chinese) is a phrase. The last word may be just a
    /// beginning, once it has two characters.
    func query(_ text: String) -> String? {
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "\0" }).prefix(32)
        var phrases = words.map { (text: $0, parts: SearchWords.split(String($0))) }.filter {
            !$0.parts.isEmpty
        }
        guard let last = phrases.popLast() else { return nil }
        let isBeginning = last.text.count >= 2 && !(text.last?.isWhitespace ?? true)
        return (phrases.map { phrase($0.parts) } + [phrase(last.parts) + (isBeginning ? ":*" : "")])
            .joined(separator: " & ")
    }

    private func phrase(_ parts: [String]) -> String {
        parts.map { "'\(prefix)\($0)'" }.joined(separator: " <-> ")
    }

    /// The words of a text: runs of letters, digits and symbols, in lower case and without accents.
    private static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func end() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                if let folded = foldedASCII(scalar) {
                    if word.utf8.count < 400 { word.unicodeScalars.append(folded) }
                } else {
                    end()
                }
                continue
            }
            // The selector that asks for the coloured form of a symbol is no part of it.
            if scalar == "\u{FE0F}" { continue }
            if SearchText.isWord(scalar) {
                end()
                words.append(String(scalar))
            } else if let folded = folded(scalar) {
                // What is longer is no word that anybody types; PostgreSQL takes 2,046 bytes.
                if word.utf8.count < 400 { word += folded }
            } else {
                end()
            }
        }
        end()
        return words
    }

    /// A character of a word as it is compared; nil for what ends a word.
    private static func foldedASCII(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "a"..."z", "0"..."9": scalar
        case "A"..."Z": Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value | 0x20))
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
