import Bytes
import Testing

@Suite("Normal form C")
struct NormalFormTests {
    @Test(
        "one spelling of what Swift takes for equal is normal, the others are not",
        arguments: [
            ("Kim", "\u{212A}im"), ("caf\u{E9}", "cafe\u{301}"), ("\u{C5}", "\u{212B}"),
            ("\u{AC00}", "\u{1100}\u{1161}"),
            ("\u{8C48}", "\u{F900}"), ("q\u{323}\u{307}", "q\u{307}\u{323}"),
        ])
    func spellings(_ normal: String, _ other: String) {
        #expect(normal == other)
        #expect(TextRules.isNormal(normal))
        #expect(!TextRules.isNormal(other))
    }

    @Test("plain texts are normal", arguments: ["", "u_ann", "Ödön 数学 🎉", "नमस्ते", "👩‍👩‍👧"])
    func plain(_ text: String) { #expect(TextRules.isNormal(text)) }
}
