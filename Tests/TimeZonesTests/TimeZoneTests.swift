import Bytes
import Testing

@testable import TimeZones

@Suite("Time zones (RFC 9636)")
struct TimeZoneTests {
    private let folder = TimeZoneFolder()

    private func moment(_ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64 = 0)
        -> Timestamp
    {
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        return Timestamp(milliseconds: ((days * 24 + hour) * 60 + minute) * 60_000)
    }

    @Test(
        "clocks change when they did and will",
        arguments: [
            // Summer begins and ends at 01:00 UTC, now and by the rule of years to come.
            ("Europe/Berlin", [2024, 3, 31, 0, 59], 3600), ("Europe/Berlin", [2024, 3, 31, 1, 0], 7200),
            ("Europe/Berlin", [2024, 10, 27, 0, 59], 7200), ("Europe/Berlin", [2024, 10, 27, 1, 0], 3600),
            ("Europe/Berlin", [2061, 3, 27, 0, 59], 3600), ("Europe/Berlin", [2061, 3, 27, 1, 0], 7200),
            ("America/New_York", [2026, 3, 8, 6, 59], -18_000),
            ("America/New_York", [2026, 3, 8, 7, 0], -14_400),
            ("America/New_York", [2026, 11, 1, 6, 0], -18_000),
            // By the rules of 1970.
            ("America/New_York", [1970, 4, 26, 6, 59], -18_000),
            ("America/New_York", [1970, 4, 26, 7, 0], -14_400),
            // The southern summer goes over the new year.
            ("Australia/Lord_Howe", [2026, 1, 1, 0, 0], 39_600),
            ("Australia/Lord_Howe", [2026, 7, 1, 0, 0], 37_800),
            ("Asia/Kolkata", [2026, 7, 1, 0, 0], 19_800), ("Asia/Kathmandu", [2026, 7, 1, 0, 0], 20_700),
            // Winter is the time that differs there by law.
            ("Europe/Dublin", [2026, 1, 1, 0, 0], 0), ("Europe/Dublin", [2026, 7, 1, 0, 0], 3600),
            // A zone that left summer time for good.
            ("America/Sao_Paulo", [2018, 12, 1, 0, 0], -7200),
            ("America/Sao_Paulo", [2026, 12, 1, 0, 0], -10_800),
            // A day that was left out.
            ("Pacific/Apia", [2011, 12, 30, 9, 59], -36_000),
            ("Pacific/Apia", [2011, 12, 30, 10, 0], 50_400),
            ("UTC", [2026, 7, 1, 0, 0], 0), ("Etc/GMT+5", [2026, 7, 1, 0, 0], -18_000),
        ] as [(String, [Int64], Int64)])
    func transitions(name: String, at: [Int64], offset: Int64) throws {
        let zone = try #require(folder.zone(name))
        #expect(zone.offsetSeconds(at: moment(at[0], at[1], at[2], at[3], at[4])) == offset)
    }

    @Test("the date and the minute are those of local calendars and clocks")
    func civil() throws {
        let tokyo = try #require(folder.zone("Asia/Tokyo"))
        let late = moment(2026, 12, 31, 15, 30)
        #expect(tokyo.civilDate(at: late) == CivilDate(year: 2027, month: 1, day: 1))
        #expect(tokyo.minuteOfDay(at: late) == 30)
        let york = try #require(folder.zone("America/New_York"))
        #expect(york.civilDate(at: moment(2026, 3, 1, 4, 59)) == CivilDate(year: 2026, month: 2, day: 28))
        #expect(york.minuteOfDay(at: moment(1969, 12, 31, 23, 59)) == 18 * 60 + 59)
    }

    @Test(
        "names that are none, or lead elsewhere, are refused",
        arguments: [
            "", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin",
            "europe/berlin", "Europe", "Europe/", "right/Europe/Berlin", "posix/Europe/Berlin",
            "tzdata.zi", "zone.tab", "+VERSION",
            "Europe/Berlin\0", "Europe//Berlin", String(repeating: "A", count: 65),
        ])
    func unknown(name: String) { #expect(folder.zone(name) == nil) }

    @Test("a system without the database knows UTC")
    func bare() {
        let folder = TimeZoneFolder(path: "/nonexistent")
        #expect(folder.zone("UTC")?.name == "UTC")
        #expect(folder.zone("Europe/Berlin") == nil)
    }

    @Test(
        "yearly rules are read, with days of the year, hours beyond the day and own names",
        arguments: [
            ("EST5EDT,M3.2.0,M11.1.0", [2026, 7, 1, 0], -14_400), ("<+1030>-10:30", [2026, 7, 1, 0], 37_800),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", [2026, 3, 29, 0], -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", [2026, 3, 29, 1], -3600),
            ("IST-2IDT,M3.4.4/26,M10.5.0", [2026, 3, 26, 23], 7200),
            ("IST-2IDT,M3.4.4/26,M10.5.0", [2026, 3, 27, 0], 10_800),
            ("AAA0BBB,J60/0,J61/0", [2024, 3, 1, 12], 3600), ("AAA0BBB,J60/0,J61/0", [2024, 2, 29, 12], 0),
            ("AAA0BBB,59/0,60/0", [2024, 2, 29, 12], 3600), ("AAA0BBB,59/0,60/0", [2023, 3, 1, 12], 3600),
        ] as [(String, [Int64], Int64)])
    func rules(text: String, at: [Int64], offset: Int64) throws {
        let rule = try #require(YearlyRule(text))
        let zone = TimeZoneRules(name: "X", moments: [], offsets: [], first: 0, rule: rule)
        #expect(zone.offsetSeconds(at: moment(at[0], at[1], at[2], at[3])) == offset)
    }

    @Test(
        "what is no rule is none",
        arguments: [
            "", "E5", "EST", "EST25", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
            "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J0,J9", "EST5EDT,366,3",
            "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0,", "<+0>5", "<ABC",
        ])
    func badRules(text: String) { #expect(YearlyRule(text) == nil) }

    @Test("a file that is cut or changed anywhere is read or refused, never more")
    func spoiltFiles() throws {
        let zone = TimeZoneTests.file
        #expect(TimeZoneRules(name: "X", file: zone) != nil)
        for end in zone.indices { #expect(TimeZoneRules(name: "X", file: Array(zone[..<end])) == nil) }
        for index in zone.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var spoilt = zone
                spoilt[index] = value
                let read = TimeZoneRules(name: "X", file: spoilt)
                _ = read?.offsetSeconds(at: moment(2026, 1, 1, 0))
            }
        }
    }

    /// A zone that changed twice, and goes on by a rule.
    private static let file: [UInt8] = {
        func number(_ value: Int64, _ size: Int) -> [UInt8] {
            (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
        }
        let head = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
        let empty = head + [0, 0, 0, 0, 1, 1].flatMap { number($0, 4) } + number(0, 4) + [0, 0, 0]
        let counts = [0, 0, 0, 2, 2, 8].flatMap { number($0, 4) }
        let body =
            number(1000, 8) + number(2000, 8) + [1, 0] + number(3600, 4) + [0, 0] + number(7200, 4) + [1, 4]
            + Array("CET\0CES\0".utf8)
        return empty + head + counts + body + Array("\nCET-1CEST,M3.5.0,M10.5.0/3\n".utf8)
    }()
}
