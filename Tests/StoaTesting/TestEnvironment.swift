import Foundation

/// The variables of the tests' process, without those that would change what is tested: the server's settings, and those
/// by which libpq finds a database of somebody's own.
public enum TestEnvironment {
    private static func isForeign(_ name: String) -> Bool { name.hasPrefix("STOA_") || name.hasPrefix("PG") }

    /// What programs of tests inherit.
    public static var variables: [String: String] {
        ProcessInfo.processInfo.environment.filter { !isForeign($0.key) }
    }

    /// The same for libpq in the tests' own process: what a connection leaves open is not taken from there. Once is enough.
    public static let ignoresDatabases: Void = {
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PG") { unsetenv(name) }
    }()
}
