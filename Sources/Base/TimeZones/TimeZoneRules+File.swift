extension TimeZoneRules {
    /// Reads a file of the system's database: TZif, version 2 or later (RFC 9636); nil where it is none.
    init?(name: String, file: [UInt8]) {
        var reader = ZoneFileReader(file)
        // The first block has times of 32 bits, for readers of old.
        guard let old = reader.header(), reader.skip(old.length(timeSize: 4)),
            let counts = reader.header(), counts.typeCount > 0, counts.leapCount == 0,
            reader.has(counts.length(timeSize: 8))
        else { return nil }
        let moments = (0..<counts.timeCount).map { _ in reader.integer(8) }
        let kinds = (0..<counts.timeCount).map { _ in Int(reader.integer(1) & 0xFF) }
        let offsets = (0..<counts.typeCount).map { _ in
            let offset = reader.integer(4)
            _ = reader.skip(2)
            return offset
        }
        guard reader.skip(counts.nameBytes + counts.flagCount), let footer = reader.line(),
            kinds.allSatisfy(offsets.indices.contains), offsets.allSatisfy({ abs($0) < 93_600 }),
            zip(moments, moments.dropFirst()).allSatisfy(<)
        else { return nil }
        let rule = footer.isEmpty ? nil : YearlyRule(footer)
        guard footer.isEmpty || rule != nil else { return nil }
        self.init(
            name: name, moments: moments, offsets: kinds.map { offsets[$0] }, first: offsets[0], rule: rule)
    }
}

/// Takes a file's parts from left to right.
private struct ZoneFileReader {
    /// What a block holds, by its header.
    struct Counts {
        let flagCount, leapCount, timeCount, typeCount, nameBytes: Int

        func length(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + nameBytes + leapCount * (timeSize + 4) + flagCount
        }
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func has(_ count: Int) -> Bool { count <= bytes.count - index }

    mutating func skip(_ count: Int) -> Bool {
        guard has(count) else { return false }
        index += count
        return true
    }

    /// A signed number, most significant byte first, of a file that is long enough.
    mutating func integer(_ size: Int) -> Int64 {
        var value: Int64 = bytes[index] >= 0x80 && size > 1 ? -1 : 0
        for byte in bytes[index..<(index + size)] { value = value << 8 | Int64(byte) }
        index += size
        return value
    }

    mutating func header() -> Counts? {
        guard has(44), bytes[index..<(index + 4)].elementsEqual("TZif".utf8),
            bytes[index + 4] >= UInt8(ascii: "2")
        else { return nil }
        index += 20
        let numbers = (0..<6).map { _ in Int(integer(4)) }
        // More than any zone has, and little enough for the sums to come.
        guard numbers.allSatisfy((0...100_000).contains) else { return nil }
        return Counts(
            flagCount: numbers[0] + numbers[1], leapCount: numbers[2], timeCount: numbers[3],
            typeCount: numbers[4], nameBytes: numbers[5])
    }

    /// The text between two ends of lines.
    mutating func line() -> String? {
        guard has(2), bytes[index] == 10, let end = bytes[(index + 1)...].firstIndex(of: 10) else {
            return nil
        }
        return String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
    }
}
