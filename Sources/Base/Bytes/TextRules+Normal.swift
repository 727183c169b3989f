// The standard library normalizes text to compare it, and shows that to those who ask for its inner parts only.
@_spi(_Unicode) import Swift

extension TextRules {
    /// Whether a text is in Unicode's normal form C (UAX #15).
    ///
    /// Swift takes two spellings of one text, as `é` of one scalar and of two, for equal; a store compares bytes. What
    /// names somebody must not be one name here and two names there.
    public static func isNormal(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 } || text._nfc.elementsEqual(text.unicodeScalars)
    }
}
