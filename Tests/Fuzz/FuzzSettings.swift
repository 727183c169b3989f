import Bytes
import Settings

/// A configuration reads the same with either end of line, and what is read can be written and read again.
public func fuzzSettings(_ bytes: [UInt8]) {
    guard let text = String(utf8: bytes.span) else { return }
    let settings = SettingsText(text, name: "stoa.toml")
    let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 1
    require(settings.entries.count + settings.faults.count <= lines, "a line is one setting or one fault")
    require(Set(settings.entries.map(\.key)).count == settings.entries.count, "no key counts twice")
    if !bytes.contains(UInt8(ascii: "\r")) {
        var other: [UInt8] = []
        for byte in bytes { other += byte == UInt8(ascii: "\n") ? [0x0D, 0x0A] : [byte] }
        let again = SettingsText(String(decoding: other, as: UTF8.self), name: "stoa.toml")
        require(again.entries == settings.entries, "ends of lines do not matter to settings")
        require(again.faults == settings.faults, "ends of lines do not matter to faults")
    }
    let written = settings.entries.map { "\($0.key) = \"\($0.value)\"\n" }.joined()
    let again = SettingsText(written, name: "again")
    require(again.faults == [], "what is read can be written: \(again.faults)")
    require(again.entries.map(\.key) == settings.entries.map(\.key), "keys are kept")
    require(again.entries.map(\.value) == settings.entries.map(\.value), "values are kept")
}
