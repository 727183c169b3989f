import Testing

@testable import Storage

@Suite("A list of texts in a column")
struct TextListTests {
    @Test(
        "comes back as it was",
        arguments: [
            [], ["ann"], ["a", "b", "c"], ["with \"quotes\"", "back\\slash", "comma, bracket ]["],
            ["line\nbreak\u{1}\u{0}", "é 数学 🎉", ""],
        ])
    func roundTrip(texts: [String]) throws {
        let column: String?
        switch TextList.encode(texts) {
        case .text(let text): column = text
        default: column = nil
        }
        #expect(try TextList.decode(column) == texts)
    }

    @Test("is NULL when it is empty")
    func emptyIsNull() {
        #expect(TextList.encode([]) == .null)
    }

    @Test("is corrupt where an escape is cut off", arguments: ["[\"a\\", "[\"\\u00", "[\"\\uzzzz\"]"])
    func cutOff(column: String) {
        #expect(throws: StorageError.self) { try TextList.decode(column) }
    }
}

@Suite("A cursor")
struct CursorTests {
    @Test("comes back as it was, whatever the text in it")
    func roundTrip() {
        let cursor = Cursor(Cursor(-7, "a.b.c").description)
        #expect(cursor?.number == -7)
        #expect(cursor?.text == "a.b.c")
    }

    @Test("is nil where it is not ours", arguments: [nil, "", "x", ".", "a.b", "9999999999999999999999.x"])
    func foreign(text: String?) {
        #expect(Cursor(text) == nil)
    }
}
