import Bytes
import JSON
import TestRandom
import Testing

@Suite struct JSONWriterTests {
    @Test("commas come by themselves")
    func commasComeByThemselves() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("a", "x")
        writer.field("b", 1)
        writer.field("c", true)
        writer.field("d", ifPresent: nil)
        writer.key("e")
        writer.beginArray()
        writer.beginArray()
        writer.endArray()
        writer.value(Int64.min)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.key(dynamic: "f\"")
        writer.raw("{\"r\":1}".utf8Span.span)
        writer.field("g", false)
        writer.endObject()
        #expect(
            writer.text()
                == #"{"a":"x","b":1,"c":true,"e":[[],-9223372036854775808,null,{}],"f\"":{"r":1},"g":false}"#)
    }

    @Test(
        "only what must be is escaped (RFC 8259 §7)",
        arguments: [
            ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{08}\t\n\u{0C}\r", #""\b\t\n\f\r""#),
            ("\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("\u{2028}\u{2029}", "\"\u{2028}\u{2029}\""),
            ("é€😀<&>", "\"é€😀<&>\""), ("12345678\"12345678", #""12345678\"12345678""#), ("", "\"\""),
        ])
    func onlyWhatMustBeIsEscaped(text: String, json: String) {
        var writer = JSONWriter(capacity: 0)
        writer.value(text)
        #expect(writer.text() == json)
    }

    @Test(
        "a number that is not a small whole one keeps its text",
        arguments: [
            "0.10", "1e400", "-0", "123456789012345678901234567890", "1.0",
        ])
    func numbersKeepTheirText(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(value == .number(text))
        var writer = JSONWriter()
        value.write(to: &writer)
        #expect(writer.text() == text)
    }

    @Test("what is written reads back the same (random trees)")
    func writtenReadsBackTheSame() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<300 {
            let value = JSONValue.random(depth: 5, using: &random)
            var writer = JSONWriter()
            value.write(to: &writer)
            #expect(try JSONValue(parsing: writer.span) == value)
        }
    }

    @Test("no bytes make the reader trap, and what it accepts it writes alike (mutated documents)")
    func hostileBytesDoNotTrap() throws {
        var random = SeededRandom(seed: 2)
        let alphabet =
            Array("{}[]:,\"\\u0123dDeE+-. \ntruefalsn".utf8) + [0, 0x1F, 0x80, 0xC3, 0xA9, 0xED, 0xFF]
        for _ in 0..<3000 {
            var bytes = Array(#"{"a":[1,2.5,"x\u00e9",{"b":null}],"c":true}"#.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = alphabet.randomElement(using: &random) ?? 0
            }
            guard let value = try? JSONValue(parsing: bytes.span) else { continue }
            var writer = JSONWriter()
            value.write(to: &writer)
            #expect(try JSONValue(parsing: writer.span) == value)
        }
    }
}

extension JSONValue {
    static func random(depth: Int, using random: inout SeededRandom) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 5 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 64))
        case 3: return .number("1.\(random.next())e-\(random.next() % 100)")
        case 4: return .string(text(using: &random))
        case 5:
            return .array(
                (0..<random.next() % 5).map { _ in JSONValue.random(depth: depth - 1, using: &random) })
        default:
            return .object(
                (0..<random.next() % 5).map { index in
                    JSONMember(
                        "\(index)" + text(using: &random), JSONValue.random(depth: depth - 1, using: &random))
                })
        }
    }

    private static func text(using random: inout SeededRandom) -> String {
        let alphabet: [Character] = ["a", "\"", "\\", "\n", "\0", "é", "😀", "\u{2028}", "z", " ", "/"]
        return String((0..<random.next() % 20).map { _ in alphabet.randomElement(using: &random) ?? "a" })
    }
}
