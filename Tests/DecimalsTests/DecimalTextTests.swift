import Bytes
import Decimals
import JSON
import TestRandom
import Testing

@Suite struct DecimalTextTests {
    @Test(
        "a number is read exactly and has one text",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0.000", "0"), ("0e99999999999999999999", "0"), ("1", "1"),
            ("-1", "-1"),
            ("64000.01", "64000.01"), ("0.10", "0.1"), ("-0.5", "-0.5"), ("100", "100"), ("1.0", "1"),
            ("6.4e4", "64000"), ("6.4E+4", "64000"), ("123e-2", "1.23"), ("1e17", "100000000000000000"),
            ("1e-18", "0.000000000000000001"), ("10e-19", "0.000000000000000001"),
            ("0.0000000000000000010000", "0.000000000000000001"),
            ("0.00000000000000000000000000000000000000012e40", "1.2"),
            ("12000000000000000000000000000000000000000000e-42", "12"),
            ("999999999999999999.999999999999999999", "999999999999999999.999999999999999999"),
            ("-999999999999999999.999999999999999999", "-999999999999999999.999999999999999999"),
            ("999999999999999999999999999999999999e-18", "999999999999999999.999999999999999999"),
            ("123456789012345678.1234567890123456780000", "123456789012345678.123456789012345678"),
        ])
    func readExactly(text: String, canonical: String) throws {
        let number = try ExactDecimal(text)
        #expect(number.text == canonical)
        #expect(try ExactDecimal(canonical) == number)
    }

    @Test(
        "what is no JSON number is refused",
        arguments: [
            "", "-", "+1", ".5", "5.", "01", "-01", "00", "1e", "1e+", "1e1.5", "1.e5", "e5", " 1", "1 ",
            "1,5",
            "NaN", "nan", "Infinity", "-inf", "0x10", "1_000", "--1", "1.2.3", "١", "1\0", "\"1\"", "1f",
        ])
    func noNumber(text: String) {
        #expect(throws: DecimalError.notANumber) { try ExactDecimal(text) }
    }

    @Test(
        "a 19th place is refused, never rounded",
        arguments: [
            "0.0000000000000000001", "1e-19", "1.0000000000000000001", "15e-19", "1e-999999999999999999999",
            "0.12345678901234567890123456789012345678901234567890", "1e-60",
            "123456789012345678.1234567890123456781",
        ])
    func tooManyPlaces(text: String) {
        #expect(throws: DecimalError.tooManyPlaces) { try ExactDecimal(text) }
    }

    @Test(
        "10^18 and more is refused",
        arguments: [
            "1000000000000000000", "-1000000000000000000", "1e18", "1e999999999999999999999", "0.1e19",
            "99999999999999999999999999999999999999999999999999.5", "1000000000000000000.0000000000000000001",
        ])
    func outOfRange(text: String) {
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal(text) }
    }

    @Test("any point and exponent give the value of the digits (against long arithmetic)")
    func againstReference() throws {
        var random = SeededRandom(seed: 18)
        for _ in 0..<2000 {
            let digits = DecimalSamples.digits(upTo: 45, &random)
            let point = Int.random(in: 0..<digits.utf8.count, using: &random)
            let exponent = Int.random(in: -45...45, using: &random)
            let whole = String(digits.dropLast(point))
            let text = whole + (point > 0 ? "." + digits.suffix(point) : "") + "e\(exponent)"
            let expected = DecimalSamples.reading(digits, places: point - exponent)
            let outcome: Result<ExactDecimal, DecimalError>
            do throws(DecimalError) {
                outcome = .success(try ExactDecimal(text))
            } catch {
                outcome = .failure(error)
            }
            #expect(outcome.map { Natural(String($0.units)) } == expected, "\(text)")
        }
    }

    @Test(
        "numbers of others are rounded half to even at the 18th place",
        arguments: [
            ("0.0000123456789012345649", "0.000012345678901235"), ("1e-19", "0"), ("5e-19", "0"),
            ("1.5e-18", "0.000000000000000002"), ("2.5e-18", "0.000000000000000002"),
            ("2.50000000000000000000000000000000000000000001e-18", "0.000000000000000003"),
            ("5.000000000000000000000000000000000000000000001e-19", "0.000000000000000001"),
            ("1e-400", "0"), ("6.4e4", "64000"), ("-1.5e-18", "-0.000000000000000002"),
            ("9.9999999999999999995e-1", "1"),
        ])
    func roundedNumbers(_ text: String, _ expected: String) throws {
        #expect(try ExactDecimal(rounding: text).text == expected)
    }

    @Test(
        "a number that rounding makes too large is refused",
        arguments: ["999999999999999999.9999999999999999995"])
    func roundedTooLarge(_ text: String) {
        #expect(throws: DecimalError.self) { try ExactDecimal(rounding: text) }
    }

    @Test("every number reads back from its text, which is the shortest")
    func roundTrips() throws {
        var random = SeededRandom(seed: 3)
        var buffer = ByteBuffer()
        for _ in 0..<2000 {
            let number = DecimalSamples.number(&random)
            buffer.removeAll()
            number.append(to: &buffer)
            #expect(try ExactDecimal(parsing: buffer.span) == number)
            let text = number.text
            #expect(buffer.array() == Array(text.utf8))
            #expect(!text.contains(".") || !text.hasSuffix("0") && !text.hasSuffix("."))
            #expect(!text.contains("e") && text != "-0" && text.utf8.count <= ExactDecimal.textLimit)
        }
    }

    @Test("no beginning of a number is another than itself (cut at every byte)")
    func cutAnywhere() throws {
        let text = "-120.5e2"
        let beginnings = (1...text.count).map { try? ExactDecimal(String(text.prefix($0))).text }
        #expect(beginnings == [nil, "-1", "-12", "-120", nil, "-120.5", nil, "-12050"])
    }

    @Test("JSON numbers and strings are decimals, other values are not")
    func json() throws {
        #expect(try ExactDecimal(JSONValue.integer(7)) == 7)
        #expect(try ExactDecimal(JSONValue.number("1.5e1")) == 15)
        #expect(try ExactDecimal(JSONValue.string("1.5")).text == "1.5")
        #expect(throws: DecimalError.outOfRange) { try ExactDecimal(JSONValue.integer(.max)) }
        for value in [JSONValue.null, .bool(true), .array([]), .string("")] {
            #expect(throws: DecimalError.notANumber) { try ExactDecimal(value) }
        }
        #expect(try ExactDecimal(json: "\"0.25\"".utf8Span.span).text == "0.25")
        #expect(try ExactDecimal(json: "2.50".utf8Span.span).text == "2.5")
        for text in ["\"\"", "\"", "\"1", "1\"", "\"\"1\"\"", "null"] {
            #expect(throws: DecimalError.notANumber) { try ExactDecimal(json: text.utf8Span.span) }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("price", try ExactDecimal("64000.010"))
        writer.field("volume", ifPresent: nil as ExactDecimal?)
        writer.endObject()
        #expect(writer.text() == #"{"price":"64000.01"}"#)
    }
}
