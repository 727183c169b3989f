import Testing

@testable import stoa_load

@Suite("Payload")
struct PayloadTests {
    static let stamp = Stamp(room: 199, publisher: 4, sequence: 70_001)

    @Test(
        "what is made is read back",
        arguments: [
            Stamp(room: 0, publisher: 0, sequence: 0), stamp,
            Stamp(room: 1 << 20 - 1, publisher: 1 << 12 - 1, sequence: .max),
        ])
    func roundTrip(_ stamp: Stamp) {
        for count in [24, 25, 31, 32, 128, 129, 1000] {
            let bytes = Payload.make(stamp, count: count)
            #expect(bytes.count == count)
            #expect(Payload.read(bytes.span, count: count) == stamp)
        }
    }

    @Test("every change of a single byte is found", arguments: [24, 27, 128])
    func everyByteCounts(_ count: Int) {
        let bytes = Payload.make(PayloadTests.stamp, count: count)
        for index in bytes.indices {
            for value in UInt8.min...UInt8.max where value != bytes[index] {
                var changed = bytes
                changed[index] = value
                #expect(Payload.read(changed.span, count: count) == nil, "\(value) at \(index)")
            }
        }
    }

    @Test("a cut payload is found, wherever it is cut, and so is one with more at its end")
    func cut() {
        let bytes = Payload.make(PayloadTests.stamp, count: 128)
        for count in 0..<128 {
            #expect(Payload.read(Array(bytes[..<count]).span, count: 128) == nil, "cut at \(count)")
            #expect(Payload.read(Array(bytes[(128 - count)...]).span, count: 128) == nil, "without its head")
        }
        #expect(Payload.read(Payload.make(PayloadTests.stamp, count: 136).span, count: 128) == nil)
    }

    @Test("two payloads mixed are neither")
    func mixed() {
        let one = Payload.make(PayloadTests.stamp, count: 128)
        let other = Payload.make(Stamp(room: 199, publisher: 4, sequence: 70_002), count: 128)
        for cut in 1..<128 where Array(one[..<cut] + other[cut...]) != one {
            let mix = Array(one[..<cut] + other[cut...])
            #expect(mix == other || Payload.read(mix.span, count: 128) == nil, "mixed at \(cut)")
        }
    }
}
