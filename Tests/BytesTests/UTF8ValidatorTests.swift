import Bytes
import Testing

@Suite struct UTF8ValidatorTests {
    static let samples: [[UInt8]] = [
        [], [0x41], [0x7F], [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2, 0x80], [0xDF, 0xBF], [0xC2],
        [0xC2, 0x41],
        [0xE0, 0x9F, 0xBF], [0xE0, 0xA0, 0x80], [0xEC, 0xBF, 0xBF], [0xED, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
        [0xEE, 0x80, 0x80], [0xEF, 0xBF, 0xBF], [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF],
        [0xF0, 0x90, 0x80, 0x80],
        [0xF3, 0xBF, 0xBF, 0xBF], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80],
        [0xFF], [0xFE], [0xF0, 0x9F, 0x98, 0x80, 0x80], [0xF0, 0x9F, 0x41],
    ]

    @Test("the standard library's verdict is ours, at any position", arguments: samples)
    func verdictIsTheStandardLibrarys(sample: [UInt8]) {
        for before in 0..<40 {
            let bytes = [UInt8](repeating: 0x61, count: before) + sample
            let expected = String(validating: bytes, as: UTF8.self) != nil
            let verdict = UTF8Validator.isValid(bytes.span)
            #expect(verdict == expected)
            let padded = bytes + Array("abcdefghijklmnopqrst".utf8)
            let paddedVerdict = UTF8Validator.isValid(padded.span)
            #expect(paddedVerdict == (String(validating: padded, as: UTF8.self) != nil))
        }
    }

    @Test("the verdict is the same wherever the bytes are cut", arguments: samples)
    func verdictIgnoresCuts(sample: [UInt8]) {
        let bytes = Array("é€".utf8) + sample + Array("😀".utf8)
        for cut in 0...bytes.count {
            var validator = UTF8Validator()
            let isValid =
                validator.append(bytes.span.extracting(0..<cut))
                && validator.append(bytes.span.extracting(cut...))
                && validator.isComplete
            let whole = UTF8Validator.isValid(bytes.span)
            #expect(isValid == whole)
        }
    }

    @Test(
        "a byte that nothing can mend is refused at once",
        arguments: [
            [0xF4, 0x90], [0xED, 0xA0], [0xE0, 0x9F], [0xF0, 0x8F], [0xC3, 0x28], [0xF5],
        ] as [[UInt8]])
    func hopelessBytesAreRefusedAtOnce(bytes: [UInt8]) {
        var validator = UTF8Validator()
        let isPossible = validator.append(bytes.span)
        #expect(!isPossible)
    }
}

@Suite struct HexTests {
    @Test("bytes come back from their digits")
    func bytesComeBack() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hex.encode(bytes.span)
        #expect(text.hasPrefix("000102") && text.hasSuffix("fdfeff"))
        let decoded = Hex.decode(text.utf8Span.span)
        #expect(decoded == bytes)
        let mixed = Hex.decode("AbCd".utf8Span.span)
        #expect(mixed == [0xAB, 0xCD])
    }

    @Test("half bytes and other characters are refused", arguments: ["a", "0g", "0x", " 00", "-1"])
    func othersAreRefused(text: String) {
        let decoded = Hex.decode(text.utf8Span.span)
        #expect(decoded == nil)
    }
}
