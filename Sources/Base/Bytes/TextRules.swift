/// Which texts may stand where people read them as a name.
///
/// Who can hide characters in a name can take another person's: `Ann` with a zero-width space is shown as `Ann`.
public enum TextRules {
    /// Whether a text can be a name: something to see in it, nothing hidden.
    public static func isName(_ text: String) -> Bool {
        isPrintable(text) && text.unicodeScalars.contains { !$0.properties.isWhitespace && !isMark($0) }
    }

    /// Whether a text has no character that is hidden, breaks the line or turns the reading direction.
    ///
    /// Control (`Cc`) and format (`Cf`) characters, line and paragraph separators and what Unicode says is shown as
    /// nothing are refused, except where emoji and scripts cannot do without: joiners, variation selectors, flags.
    public static func isPrintable(_ text: String) -> Bool {
        // Nearly all that is asked about, and asked for each publication.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return true }
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let before = index > 0 ? scalars[index - 1] : nil
            let after = index + 1 < scalars.count ? scalars[index + 1] : nil
            guard !isHidden(scalar) || isNeeded(scalar, before, after) else { return false }
        }
        return true
    }

    /// Whether a text can be a reaction: one emoji or pictograph, or one word of letters, digits, `_`, `-` and `+`.
    public static func isReaction(_ text: String) -> Bool {
        guard isPrintable(text), let first = text.unicodeScalars.first else { return false }
        if text.count == 1, isPictograph(first) { return true }
        // A key cap: a digit, # or * in a box.
        if text.count == 1, text.unicodeScalars.last?.value == 0x20E3, first.properties.isEmoji {
            return true
        }
        guard text.unicodeScalars.contains(where: { !isMark($0) }), !isMark(first) else { return false }
        return text.unicodeScalars.allSatisfy { isWordPart($0) }
    }

    /// Whether a text has a NUL, which not every store can hold.
    public static func hasNUL(_ text: String) -> Bool { text.utf8.contains(0) }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        // The braille pattern without dots is blank, but no white space.
        if scalar.value == 0x2800 { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    /// Whether a hidden character belongs where it stands.
    private static func isNeeded(
        _ scalar: Unicode.Scalar, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
    ) -> Bool {
        guard let before else { return false }
        switch scalar.value {
        case 0x200C, 0x200D:
            // Between two letters of a script that joins them, or two emoji: never between letters of alphabets
            // that have no use for it, where it would only make another name that looks the same.
            guard let after else { return false }
            return isJoinable(before) && isJoinable(after) && !isHidden(after)
        case 0xFE0E, 0xFE0F: return before.properties.isEmoji
        case 0xFE00...0xFE0D, 0xE0100...0xE01EF: return before.properties.isIdeographic
        // The region of a flag, as Scotland's: tags behind the black flag.
        case 0xE0020...0xE007F: return before.value == 0x1F3F4 || (0xE0020...0xE007E).contains(before.value)
        default: return false
        }
    }

    /// Whether joiners mean something beside it: not in Latin, Greek, Cyrillic and Armenian text.
    private static func isJoinable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x590, 0x1C80..<0x1C90, 0x1D00..<0x2000, 0x2C60..<0x2C80, 0x2DE0..<0x2E00, 0xA640..<0xA6A0,
            0xA720..<0xA800, 0xAB30..<0xAB70, 0xFB00..<0xFB07, 0x10780..<0x107C0, 0x1DF00..<0x1E000:
            false
        default: !scalar.properties.isWhitespace && scalar.value != 0x200C && scalar.value != 0x200D
        }
    }

    private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value > 0x7F else { return false }
        return scalar.properties.isEmoji || scalar.properties.generalCategory == .otherSymbol
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: isHidden(scalar)
        }
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber,
            .nonspacingMark, .spacingMark:
            true
        // Joiners within a word have been looked at already.
        case .format: true
        default: ["_", "-", "+"].contains(scalar)
        }
    }
}
