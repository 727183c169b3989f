import Foundation

/// Runs a command line of the system's shell.
public enum Shell {
    /// Runs it to its end.
    ///
    /// - Returns: The exit status and what it wrote on both outputs.
    @discardableResult
    public static func run(_ command: String) async -> (status: Int32, output: String) {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                guard let pipe = popen("(\(command)) 2>&1", "r") else {
                    return continuation.resume(returning: (-1, ""))
                }
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = fread(&chunk, 1, chunk.count, pipe)
                    guard count > 0 else { break }
                    bytes += chunk[..<count]
                }
                let status = pclose(pipe)
                continuation.resume(returning: ((status >> 8) & 0xFF, String(decoding: bytes, as: UTF8.self)))
            }
        }
    }
}
