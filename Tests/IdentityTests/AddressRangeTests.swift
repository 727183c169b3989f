import Bytes
import Testing

@testable import Identity

@Suite("Networks that are banned")
struct AddressRangeTests {
    @Test(
        "a network is written strictly",
        arguments: [
            ("203.0.113.0/24", "203.0.113.0/24"), ("203.0.113.9", "203.0.113.9/32"),
            ("2001:db8::/32", "2001:db8:0:0:0:0:0:0/32"), ("::1", "0:0:0:0:0:0:0:1/128"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("2001:DB8::1:2", "2001:db8:0:0:0:0:1:2/128"),
            ("1.2.3.4/", nil), ("203.0.113.9/24", nil), ("0.0.0.0/0", nil), ("::/0", nil),
            ("10.0.0.0/33", nil),
            ("010.0.0.1", nil), ("10.0.0", nil), ("10.0.0.0/08", nil), ("10.0.0.0/-8", nil),
            ("10.0.0.0/+8", nil),
            ("256.0.0.1", nil), ("2001:db8::1::2", nil), ("2001:db8:::", nil), (":1:2:3:4:5:6:7", nil),
            ("1:2:3:4:5:6:7:8:9", nil), ("1:2:3:4:5:6:7:8::", nil), ("12345::", nil), ("+1::", nil),
            ("2001:db8::/129", nil), ("fe80::1%eth0", nil), ("", nil), ("/8", nil), ("a.b.c.d", nil),
            ("10.0.0.0/8/8", nil), (" 10.0.0.0/8", nil), ("１０.0.0.0/8", nil),
        ] as [(String, String?)])
    func parsing(_ text: String, _ expected: String?) {
        #expect(AddressRange(text)?.description == expected)
    }

    @Test("what a description says is the same network again")
    func descriptions() {
        for text in ["203.0.113.0/24", "2001:db8::/32", "::1", "::/3", "0.0.0.0/1"] {
            let range = AddressRange(text)
            #expect(range != nil && AddressRange(range?.description ?? "") == range, "\(text)")
        }
    }

    @Test("an address is found in a network of any length, until its ban ends")
    func lookup() throws {
        let now = Timestamp(milliseconds: 1000)
        var bans: [AddressRange: Timestamp?] = [:]
        for text in ["203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "198.51.100.7"] {
            bans[try #require(AddressRange(text))] = .some(nil)
        }
        bans[try #require(AddressRange("192.0.2.0/24"))] = .some(Timestamp(milliseconds: 1001))
        let list = NetworkBans(bans)
        for host in [
            "203.0.113.255", "10.255.0.1", "2001:db8:ffff::1", "198.51.100.7", "192.0.2.1", "::ffff:10.1.2.3",
        ] { #expect(list.contains(host, now: now), "\(host)") }
        for host in ["203.0.114.0", "11.0.0.0", "2001:db9::", "198.51.100.8", "/run/stoa.sock", ""] {
            #expect(!list.contains(host, now: now), "\(host)")
        }
        #expect(!list.contains("192.0.2.1", now: Timestamp(milliseconds: 1001)))
    }

    @Test("the list agrees with looking at every network one by one")
    func model() throws {
        var random = SystemRandomNumberGenerator()
        var ranges: [AddressRange] = []
        for _ in 0..<200 {
            let bits = Int.random(in: 1...12, using: &random)
            let address =
                UInt32.random(in: 0...UInt32.max, using: &random) & (UInt32.max << UInt32(32 - bits))
            let text = [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
            ranges.append(try #require(AddressRange("\(text)/\(bits)")))
        }
        let few = Array(ranges.suffix(3))
        var bans: [AddressRange: Timestamp?] = [:]
        for range in few { bans[range] = .some(nil) }
        let list = NetworkBans(bans)
        for _ in 0..<2000 {
            let bytes = (0..<4).map { _ in String(UInt8.random(in: 0...255, using: &random)) }
            let host = bytes.joined(separator: ".")
            let address = try #require(AddressRange.address(host))
            #expect(list.contains(host) == few.contains { $0.contains(address) }, "\(host)")
        }
    }
}
