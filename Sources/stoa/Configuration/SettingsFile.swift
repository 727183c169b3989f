import Bytes
import Glibc
import Settings

/// A configuration file; ``SettingsText`` says how it is written.
struct SettingsFile {
    /// Where the file is.
    let path: String
    /// The settings that it makes, in their order.
    let entries: [SettingsText.Entry]
    /// Why it cannot be read, or what is wrong in it, each in words.
    let faults: [String]

    /// Reads a file.
    init(path: String) {
        self.path = path
        do throws(ConfigurationError) {
            let text = SettingsText(try SettingsFile.contents(path), name: path)
            (entries, faults) = (text.entries, text.faults)
        } catch {
            (entries, faults) = ([], error.faults)
        }
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
}
