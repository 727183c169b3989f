/// The text of a configuration file: a subset of TOML, `key = value` under `[section]`s.
///
/// Values are texts in quotes, whole numbers, `true`, `false`, and lists of texts in brackets on one line.
public struct SettingsText: Sendable {
    /// One setting of a file.
    public struct Entry: Equatable, Sendable {
        /// The key with its section, as `limits.connections`.
        public let key: String
        /// The value without quotes; a list's items separated by commas.
        public let value: String
        /// The line that it stands in, from 1.
        public let line: Int
    }

    /// What the text is called in faults.
    public let name: String
    /// The settings that it makes, in their order.
    public private(set) var entries: [Entry] = []
    /// Lines that cannot be read and keys that stand twice, each in words.
    public private(set) var faults: [String] = []

    /// Reads a text.
    ///
    /// - Parameter name: What faults call it: the file's path.
    public init(_ text: String, name: String) {
        self.name = name
        read(text)
    }

    private mutating func read(_ text: String) {
        var section = ""
        for (index, raw) in SettingsText.lines(text).enumerated() {
            let line = SettingsText.trim(SettingsText.strip(raw))
            if line.isEmpty { continue }
            let place = "\(name), line \(index + 1)"
            if line.hasPrefix("[") {
                if line.hasSuffix("]"), SettingsText.isKey(line.dropFirst().dropLast()) {
                    section = line.dropFirst().dropLast() + "."
                } else {
                    faults.append("\(place): a section is written as [limits]")
                }
                continue
            }
            if let fault = readSetting(line, section, index + 1) { faults.append("\(place): \(fault)") }
        }
    }

    private static func lines(_ text: String) -> [Substring] {
        // A line that ends as on Windows ends with one character, which is not "\n".
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    }

    /// Reads one `key = value`.
    ///
    /// - Returns: What is wrong with it, or nil.
    private mutating func readSetting(_ line: String, _ section: String, _ number: Int) -> String? {
        guard let equals = line.firstIndex(of: "=") else { return "a setting is written as key = value" }
        let name = SettingsText.trim(line[..<equals])
        guard SettingsText.isKey(name[...]) else { return "\"\(name)\" is not a key" }
        let key = section + name
        guard let value = SettingsText.value(SettingsText.trim(line[line.index(after: equals)...])) else {
            return "\(key) needs a quoted text, a number, true, false or a list"
        }
        // Which of two would count is a guess that nobody should have to make.
        if let first = entries.first(where: { $0.key == key }) {
            return "\(key) is set already in line \(first.line)"
        }
        entries.append(Entry(key: key, value: value, line: number))
        return nil
    }

    private static func isKey(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
    }

    /// The line without its comment.
    private static func strip(_ line: Substring) -> Substring {
        var isQuoted = false
        for index in line.indices {
            if line[index] == "\"" { isQuoted.toggle() }
            if line[index] == "#", !isQuoted { return line[..<index] }
        }
        return line
    }

    private static func value(_ text: String) -> String? {
        if text == "true" || text == "false" || Int64(text) != nil { return text }
        if text.hasPrefix("["), text.hasSuffix("]") {
            let items = text.dropFirst().dropLast().split(separator: ",").map { quoted(trim($0)) }
            guard !items.contains(nil) else { return nil }
            return items.compactMap { $0 }.joined(separator: ",")
        }
        return quoted(text)
    }

    private static func quoted(_ text: String) -> String? {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
        let inside = text.dropFirst().dropLast()
        return inside.contains("\"") || inside.contains("\\") ? nil : String(inside)
    }

    private static func trim(_ text: some StringProtocol) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
