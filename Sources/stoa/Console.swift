import Bytes
import Glibc

/// Standard output: lines that scripts and people read, each written at once.
enum Console {
    static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    static func printError(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    fileprivate static func write(_ text: String, to descriptor: CInt) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}

/// The log: one JSON object per line on standard error.
enum Log {
    static func info(_ message: String) { log("info", message) }
    static func error(_ message: String) { log("error", message) }

    private static func log(_ level: String, _ message: String) {
        var line = #"{"at":"# + "\(Timestamp.now().milliseconds)" + #","level":""# + level + #"","message":""#
        for scalar in message.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            default: if scalar.value >= 0x20 { line.unicodeScalars.append(scalar) }
            }
        }
        Console.write(line + "\"}\n", to: STDERR_FILENO)
    }
}
