import Glibc
import Synchronization

/// The system's database of time zones, read zone by zone as they are asked for.
///
/// A zone that was read is kept: there are some six hundred. What the system learns of new rules, a new process knows.
public final class TimeZoneFolder: Sendable {
    /// More than there are zones and names for them.
    private static let limit = 2000
    /// More than any zone has.
    private static let fileBytes = 65_536

    private let path: String
    private let known = Mutex<[String: TimeZoneRules]>(["UTC": .utc])

    /// The database in a folder.
    public init(path: String = "/usr/share/zoneinfo") { self.path = path }

    /// A zone by its name in the IANA database; nil where this system knows none of that name.
    public func zone(_ name: String) -> TimeZoneRules? {
        guard TimeZoneFolder.isName(name) else { return nil }
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard let bytes = read(name), let zone = TimeZoneRules(name: name, file: bytes) else { return nil }
        known.withLock { known in
            if known.count < TimeZoneFolder.limit { known[name] = zone }
        }
        return zone
    }

    /// Whether a name is of the form that names have, and so leads nowhere but into the folder.
    static func isName(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count) else { return false }
        // Other copies of the same zones, some of which count leap seconds.
        guard !["posix/", "right/"].contains(where: name.hasPrefix), name != "localtime" else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, (65...90).contains(first & 0xDF) else { return false }
            return part.utf8.allSatisfy { byte in
                (65...90).contains(byte & 0xDF) || (48...57).contains(byte)
                    || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
            }
        }
    }

    private func read(_ name: String) -> [UInt8]? {
        guard let file = unsafe fopen(path + "/" + name, "rbe") else { return nil }
        defer { unsafe fclose(file) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: TimeZoneFolder.fileBytes) { buffer, count in
            count = unsafe fread(buffer.baseAddress, 1, TimeZoneFolder.fileBytes, file)
        }
        return bytes.count < TimeZoneFolder.fileBytes ? bytes : nil
    }
}
