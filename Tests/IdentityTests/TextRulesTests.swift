import Bytes
import Testing

@Suite("Texts that people read as names")
struct TextRulesTests {
    @Test(
        "a name in any script is one, with the joiners and emoji that it needs",
        arguments: [
            "Ann", "Ünï", "O'Neil", "می\u{200C}خواهم", "क्\u{200D}ष", "李小龍", "葛\u{E0100}城", "Zoë 👩\u{200D}🔬",
            "❤\u{FE0F}", "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "👩🏽\u{200D}🚀", "🇨🇭",
        ])
    func names(text: String) { #expect(TextRules.isName(text)) }

    @Test(
        "nothing hidden is in a name, and there is something to see",
        arguments: [
            "", " ", "\u{A0}", "A\u{200B}nn", "A\u{200C}nn", "A\u{200D}nn", "Ann\u{200D}", "\u{200D}Ann",
            "\u{202E}nnA",
            "Ann\u{2066}", "Ann\u{FEFF}", "An\u{AD}n", "Ann\u{FE0F}", "Ann\u{0}", "A\nn", "A\tn",
            "A\u{2028}n", "\u{3164}",
            "\u{2800}", "Ann\u{E0041}", "Ann\u{7F}", "Ann\u{85}", "A\u{34F}nn", "А\u{200D}нн",
        ])
    func hidden(text: String) { #expect(!TextRules.isName(text)) }

    @Test(
        "a reaction is one emoji or pictograph, or one word",
        arguments: [
            "👍", "👍🏽", "❤️", "❤", "👩‍🔬", "🇨🇭", "1️⃣", "✓", "+1", "thumbs_up", "ok", "да", "好", "very-good",
            "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
        ])
    func reactions(text: String) { #expect(TextRules.isReaction(text)) }

    @Test(
        "markup, sentences and several emoji are no reaction",
        arguments: [
            "", " ", "👍👍", "👍 ", "two words", "<b>", "a\u{200B}", ":", "\u{301}", "\u{FE0F}", "a.b",
            "\u{202E}👍",
        ])
    func noReactions(text: String) { #expect(!TextRules.isReaction(text)) }
}
