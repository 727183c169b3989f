import Foundation

extension ServerProcess {
    /// How much memory the process holds.
    public func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processID)/statm", encoding: .utf8)
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
    }
}
