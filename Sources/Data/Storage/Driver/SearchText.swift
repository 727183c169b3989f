/// Turns messages and queries into what FTS5's tokenizer splits rightly.
package enum SearchText {
    /// A message's text with every character that is a word by itself set apart.
    ///
    /// Chinese, Japanese and Thai write no spaces: the tokenizer would take a whole sentence for one word. One word
    /// per character, and a phrase of them in the query, finds every part of the sentence. Emoji likewise.
    package static func indexed(_ text: String) -> String {
        // All of these need three bytes or more.
        guard text.utf8.contains(where: { $0 >= 0xE0 }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 32)
        for scalar in text.unicodeScalars {
            // The selector that asks for the coloured form of a symbol is no part of it.
            if scalar == "\u{FE0F}" { continue }
            let isWord = isWord(scalar)
            if isWord { bytes.append(UInt8(ascii: " ")) }
            if scalar.isASCII {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
            if isWord { bytes.append(UInt8(ascii: " ")) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A query for all words of what somebody typed, or nil where there are none.
    ///
    /// Every word is quoted, so that nothing in it is syntax. The last one may be just a beginning, once it has two
    /// characters.
    package static func query(_ text: String) -> String? {
        let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "\0" }).prefix(32)
            .filter { $0.unicodeScalars.contains(where: isIndexed) }
        guard let last = words.last else { return nil }
        let phrases = words.map { word in
            "\""
                + indexed(String(word)).split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }
        let isBeginning = last.count >= 2 && !(text.last?.isWhitespace ?? true)
        return phrases.joined(separator: " ") + (isBeginning ? "*" : "")
    }

    private static func isIndexed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .otherSymbol
    }

    package static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF,  // Thai, Lao, Burmese, Khmer
            0x2E80...0x2FDF, 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF,  // radicals, kana
            0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF:  // Han
            true
        case 0x2190...0x2BFF, 0x1F000...0x1FAFF: true  // arrows, symbols, emoji
        default: false
        }
    }
}
