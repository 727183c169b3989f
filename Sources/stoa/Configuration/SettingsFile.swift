import Bytes
import Glibc

/// Reads a configuration file: a subset of TOML, `key = value` under `[section]`s.
///
/// Values are texts in quotes, whole numbers, `true`, `false`, and lists of texts in brackets on one line.
enum SettingsFile {
    /// One setting of a file.
    struct Entry {
        let key: String
        let value: String
        let line: Int
    }

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationError`` naming the file and line.
    static func read(_ path: String) throws(ConfigurationError) -> [Entry] {
        let text = try contents(path)
        var entries: [Entry] = []
        var section = ""
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trim(strip(raw))
            if line.isEmpty { continue }
            let place = "\(path), line \(index + 1)"
            if line.hasPrefix("[") {
                guard line.hasSuffix("]"), isKey(line.dropFirst().dropLast()) else {
                    throw ConfigurationError("\(place): a section is written as [limits]")
                }
                section = line.dropFirst().dropLast() + "."
                continue
            }
            guard let equals = line.firstIndex(of: "=") else {
                throw ConfigurationError("\(place): a setting is written as key = value")
            }
            let key = trim(line[..<equals])
            guard isKey(key[...]) else { throw ConfigurationError("\(place): \"\(key)\" is not a key") }
            guard let value = value(trim(line[line.index(after: equals)...])) else {
                throw ConfigurationError(
                    "\(place): \(section)\(key) needs a quoted text, a number, true, false or a list")
            }
            entries.append(Entry(key: section + key, value: value, line: index + 1))
        }
        return entries
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
