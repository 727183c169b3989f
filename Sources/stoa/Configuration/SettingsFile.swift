import Bytes
import Glibc

/// Reads a configuration file: a subset of TOML, `key = value` under `[section]`s.
///
/// Values are texts in quotes, whole numbers, `true`, `false`, and lists of texts in brackets on one line.
struct SettingsFile {
    /// One setting of a file.
    struct Entry {
        let key: String
        let value: String
        let line: Int
    }

    /// Where the file is.
    let path: String
    /// The settings that it makes, in their order.
    private(set) var entries: [Entry] = []
    /// Lines that cannot be read and keys that stand twice, each in words.
    private(set) var faults: [String] = []

    /// Reads a file.
    init(path: String) {
        self.path = path
        do throws(ConfigurationError) {
            read(try SettingsFile.contents(path))
        } catch {
            faults = error.faults
        }
    }

    private mutating func read(_ text: String) {
        var section = ""
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = SettingsFile.trim(SettingsFile.strip(raw))
            if line.isEmpty { continue }
            let place = "\(path), line \(index + 1)"
            if line.hasPrefix("[") {
                if line.hasSuffix("]"), SettingsFile.isKey(line.dropFirst().dropLast()) {
                    section = line.dropFirst().dropLast() + "."
                } else {
                    faults.append("\(place): a section is written as [limits]")
                }
                continue
            }
            if let fault = readSetting(line, section, index + 1) { faults.append("\(place): \(fault)") }
        }
    }

    /// Reads one `key = value`.
    ///
    /// - Returns: What is wrong with it, or nil.
    private mutating func readSetting(_ line: String, _ section: String, _ number: Int) -> String? {
        guard let equals = line.firstIndex(of: "=") else { return "a setting is written as key = value" }
        let name = SettingsFile.trim(line[..<equals])
        guard SettingsFile.isKey(name[...]) else { return "\"\(name)\" is not a key" }
        let key = section + name
        guard let value = SettingsFile.value(SettingsFile.trim(line[line.index(after: equals)...])) else {
            return "\(key) needs a quoted text, a number, true, false or a list"
        }
        // Which of two would count is a guess that nobody should have to make.
        if let first = entries.first(where: { $0.key == key }) {
            return "\(key) is set already in line \(first.line)"
        }
        entries.append(Entry(key: key, value: value, line: number))
        return nil
    }

    /// A whole file's text.
    static func contents(_ path: String) throws(ConfigurationError) -> String {
        guard let file = unsafe fopen(path, "r") else {
            throw ConfigurationError("cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= 1 << 20 else {
                throw ConfigurationError("\(path) is larger than a configuration is")
            }
        }
        guard let text = String(utf8: bytes.span) else { throw ConfigurationError("\(path) is not UTF-8") }
        return text
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
