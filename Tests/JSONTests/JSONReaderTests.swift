import Bytes
import JSON
import Testing

@Suite struct JSONReaderTests {
    @Test(
        "a whole value is accepted (RFC 8259 §2)",
        arguments: [
            "null", " true ", "\t\r\n false", "0", "-0", "-1", "10", "1.5", "1e5", "1E+5", "1.25e-7", "\"\"",
            "[]", "{}",
            "[1]", "[1, 2 ,3]", "[[],[[]]]", "{\"a\":1}", " { \"a\" : { \"b\" : [ ] } , \"c\" : null } ",
            #""\"\\\/\b\f\n\r\t\u0041""#, #""\ud83d\ude00""#, "\"é€😀\"", "\"\u{7F}\"", "\"\u{2028}\"",
            "123456789012345678901234567890",
        ])
    func wholeValueIsAccepted(text: String) throws {
        var reader = JSONReader(text.utf8Span.span)
        _ = try reader.skipValue()
        try reader.end()
        _ = try JSONValue(parsing: text)
    }

    @Test(
        "anything else is refused, with its reason (RFC 8259)",
        arguments: [
            ("", .unexpectedEnd), (" ", .unexpectedEnd), ("nul", .unexpectedEnd), ("nulL", .unexpectedByte),
            ("True", .unexpectedByte), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
            ("+1", .unexpectedByte),
            (".5", .unexpectedByte), ("01", .invalidNumber), ("-", .unexpectedEnd), ("-a", .invalidNumber),
            ("1.", .unexpectedEnd), ("1. ", .invalidNumber), ("1e", .unexpectedEnd), ("1e+ ", .invalidNumber),
            ("-01", .invalidNumber), ("0x10", .trailingBytes), ("1 2", .trailingBytes),
            ("{} {}", .trailingBytes),
            ("\"", .unexpectedEnd), ("\"abc", .unexpectedEnd), ("\"\\", .unexpectedEnd),
            ("\"\\\"", .unexpectedEnd),
            ("\"a\u{01}\"", .controlCharacter), ("\"\n\"", .controlCharacter), ("\"\t\"", .controlCharacter),
            ("\"\u{00}\"", .controlCharacter), (#""\x""#, .invalidEscape), (#""\u12""#, .invalidEscape),
            (#""\u12G4""#, .invalidEscape), (#""\U0041""#, .invalidEscape), (#""\ud800""#, .loneSurrogate),
            (#""\ud800x""#, .loneSurrogate), (#""\ud800\u0041""#, .loneSurrogate),
            (#""\udc00""#, .loneSurrogate),
            (#""\ud800\ud800""#, .loneSurrogate), (#""\ud800\n""#, .loneSurrogate), ("'a'", .unexpectedByte),
            ("[", .unexpectedEnd), ("[1", .unexpectedEnd), ("[1,", .unexpectedEnd), ("[1,]", .unexpectedByte),
            ("[,1]", .unexpectedByte), ("[1 2]", .unexpectedByte), ("[1}", .unexpectedByte),
            ("]", .unexpectedByte),
            ("{", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd),
            ("{\"a\":1", .unexpectedEnd),
            ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
            ("{1:1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte),
            ("{\"a\":}", .unexpectedByte), ("{\"a\":1 \"b\":2}", .unexpectedByte),
            ("// c\n1", .unexpectedByte),
            ("\u{FEFF}1", .unexpectedByte), ("\u{0C}1", .unexpectedByte), ("\u{A0}1", .unexpectedByte),
        ] as [(String, JSONError.Reason)])
    func otherTextIsRefused(text: String, reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) {
            var reader = JSONReader(text.utf8Span.span)
            _ = try reader.skipValue()
            try reader.end()
        }
        #expect(error?.reason == reason)
        let same = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(same == error)
    }

    @Test(
        "strings must be UTF-8 (RFC 8259 §8.1)",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82],
            [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func stringsMustBeUTF8(bad: [UInt8]) {
        for prefix in ["", "abcdefgh", "abcdefghij", #"\n"#] {
            let quoted = [0x22] + Array(prefix.utf8) + bad + [0x22]
            #expect(throws: JSONError.self) { try JSONValue(parsing: quoted.span) }
            let name = [0x7B] + quoted + Array(":1}".utf8)
            #expect(throws: JSONError.self) { try JSONValue(parsing: name.span) }
            #expect(throws: JSONError.self) {
                var reader = JSONReader(quoted.span)
                _ = try reader.skipValue()
            }
        }
    }

    @Test(
        "escapes decode",
        arguments: [
            (#""\"\\\/""#, "\"\\/"), (#""\b\f\n\r\t""#, "\u{08}\u{0C}\n\r\t"), (#""\u0000""#, "\0"),
            (#""\u00e9""#, "é"),
            (#""\u20AC""#, "€"), (#""\uD83D\uDE00""#, "😀"), (#""a\u0041b""#, "aAb"),
            (#""\\u0041""#, #"\u0041"#),
            (#""\uffff""#, "\u{FFFF}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            (#""12345678\n12345678""#, "12345678\n12345678"),
        ])
    func escapesDecode(json: String, text: String) throws {
        #expect(try JSONValue(parsing: json) == .string(text))
        let member = "{\(json):1}"
        var reader = JSONReader(member.utf8Span.span)
        try reader.beginObject()
        let key = try #require(try reader.nextKey())
        #expect(reader.string(of: key) == text)
    }

    @Test(
        "a whole number is read, whatever its sign, up to 64 bits",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", .min),
        ])
    func wholeNumberIsRead(text: String, number: Int64) throws {
        var reader = JSONReader(text.utf8Span.span)
        #expect(try reader.readInt() == number)
        try reader.end()
    }

    @Test(
        "numbers that are not whole, or too big, are refused as such",
        arguments: [
            ("9223372036854775808", .outOfRange), ("-9223372036854775809", .outOfRange),
            ("99999999999999999999999", .outOfRange), ("1.0", .notAnInteger), ("1e2", .notAnInteger),
            ("\"1\"", .wrongKind),
            ("true", .wrongKind), ("01", .invalidNumber),
        ] as [(String, JSONError.Reason)])
    func otherNumbersAreRefused(text: String, reason: JSONError.Reason) {
        let error = #expect(throws: JSONError.self) {
            var reader = JSONReader(text.utf8Span.span)
            _ = try reader.readInt()
        }
        #expect(error?.reason == reason)
    }

    @Test("as many levels as allowed, and no more", arguments: [1, 2, 32])
    func depthIsBounded(limit: Int) throws {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = open == "[" ? "" : "1"
            let deepest =
                String(repeating: open, count: limit) + inner + String(repeating: close, count: limit)
            _ = try JSONValue(parsing: deepest, depthLimit: limit)
            let error = #expect(throws: JSONError.self) {
                try JSONValue(parsing: open + (open == "[" ? deepest : deepest) + close, depthLimit: limit)
            }
            #expect(error?.reason == .tooDeep)
        }
        let wide = "[" + String(repeating: "[],", count: 100) + "[]]"
        _ = try JSONValue(parsing: wide, depthLimit: 2)
    }

    @Test("every cut of a document is refused, at any byte")
    func everyCutIsRefused() throws {
        let text = #" {"type":"chat","n":-12.5e+3,"list":[true,false,null,"\u00e9\ud83d\ude00é"],"o":{}}"#
        let bytes = Array(text.utf8)
        _ = try JSONValue(parsing: bytes.span)
        for length in 0..<bytes.count {
            #expect(throws: JSONError.self) { try JSONValue(parsing: bytes.span.extracting(0..<length)) }
        }
    }

    @Test("a command is pulled apart field by field")
    func commandIsPulledApart() throws {
        let text =
            #"{"type":"chat_message","id":"3", "n":-5,"since":null,"flag":true,"data":{"x":[1,2]},"t\u0079pe":"z"}"#
        var reader = JSONReader(text.utf8Span.span)
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch true {
            case reader.key(key, equals: "type"): seen.append(try reader.readString())
            case reader.key(key, equals: "n"): seen.append(String(try reader.readInt()))
            case reader.key(key, equals: "since"): seen.append(try reader.readNull() ? "none" : "some")
            case reader.key(key, equals: "flag"): seen.append(try reader.readBool() ? "yes" : "no")
            case reader.key(key, equals: "data"):
                let range = try reader.skipValue()
                seen.append(String(decoding: Array(text.utf8)[range], as: UTF8.self))
            default: _ = try reader.skipValue()
            }
        }
        try reader.end()
        #expect(seen == ["chat_message", "-5", "none", "yes", #"{"x":[1,2]}"#, "z"])
    }

    @Test("a value of another kind is told from a broken one")
    func wrongKindIsTold() {
        let error = #expect(throws: JSONError.self) {
            var reader = JSONReader("  5".utf8Span.span)
            _ = try reader.readString()
        }
        #expect(error == JSONError(.wrongKind, at: 2))
    }

    @Test("a known field that comes twice is refused; so is any name in a tree")
    func duplicatesAreRefused() throws {
        let text = #"{"a":1,"\u0061":2}"#
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error == JSONError(.duplicateKey, at: 8))
        let same = #expect(throws: JSONError.self) {
            var reader = JSONReader(text.utf8Span.span)
            var fields = JSONFieldSet()
            try reader.beginObject()
            while let key = try reader.nextKey() {
                if reader.key(key, equals: "a") { try fields.insert(0, at: key) }
                _ = try reader.skipValue()
            }
        }
        #expect(same == error)
    }

    @Test("an error knows its line and column")
    func errorKnowsItsPlace() {
        let text = "{\n  \"é\": tru\n}"
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        let place = error?.location(in: text.utf8Span.span)
        #expect(place?.line == 2)
        #expect(place?.column == 8)
    }
}
