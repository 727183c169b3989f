import CPostgres
import Glibc
public import Storage

/// Where a server is and how it is spoken to: a connection string taken apart.
@safe public struct PostgresTarget: Sendable, Hashable {
    private var options: [String: String] = [:]

    /// Reads a connection string or URL.
    ///
    /// - Throws: ``StorageError/statement(_:)`` with libpq's words where it is none; they hold no password.
    public init(_ text: String) throws(StorageError) {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = unsafe PQconninfoParse(text, &message) else {
            defer { unsafe PQfreemem(message) }
            let words = unsafe message.map { unsafe String(cString: $0) } ?? "it cannot be read"
            // They may quote a piece of the text that is no option, and that may be one of a password.
            let isPlain = !words.contains("\"")
            throw .statement(isPlain ? PostgresTarget.line(words) : "it is no connection string or URL")
        }
        defer { unsafe PQconninfoFree(parsed) }
        var option = unsafe parsed
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe options[String(cString: keyword)] = String(cString: value)
            }
            unsafe option += 1
        }
    }

    /// The names of the hosts; a path is a directory with a Unix socket, none is this machine.
    public var hosts: [String] {
        let named = list("hostaddr").isEmpty ? list("host") : list("hostaddr")
        // What is not said libpq takes from its own variables.
        return named.isEmpty ? PostgresTarget.variable("PGHOST").map { [$0] } ?? [] : named
    }

    /// The same place, whether its server takes writes or not.
    var forReading: PostgresTarget {
        var target = self
        target.options["target_session_attrs"] = options["target_session_attrs"] ?? "any"
        return target
    }

    /// What the connection string says of TLS; nil for libpq's own choice.
    public var sslmode: String? { options["sslmode"] ?? PostgresTarget.variable("PGSSLMODE") }

    /// Whether every host is this machine, by socket or by loopback.
    public var isLocal: Bool {
        // A service's file may say anything.
        guard options["service"] == nil, PostgresTarget.variable("PGSERVICE") == nil else { return false }
        return hosts.allSatisfy { host in
            host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1"
                || host.hasPrefix("127.")
        }
    }

    /// Whether whoever is on the way can read along.
    public var isReadableOnTheWay: Bool {
        !isLocal && !["require", "verify-ca", "verify-full"].contains(sslmode ?? "prefer")
    }

    /// The database's name and host, for people; nothing secret.
    public var description: String {
        let host = hosts.first.map { $0.isEmpty ? "this machine" : hosts.joined(separator: ",") }
        return "\(options["dbname"] ?? options["user"] ?? "its user's database") on \(host ?? "this machine")"
    }

    /// Its hosts alone, for people.
    var place: String {
        hosts.allSatisfy(\.isEmpty) ? "this machine" : hosts.joined(separator: ",")
    }

    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private func list(_ key: String) -> [String] {
        options[key].map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) } ?? []
    }

    /// The options with ours where nothing is said, the list of hosts begun at another one.
    ///
    /// libpq tries the hosts in turn, but one that swallows all would use up the time of every attempt.
    func parameters(turn: Int) -> [(name: String, value: String)] {
        var all = [
            "application_name": "stoa", "keepalives_idle": "10", "keepalives_interval": "5",
            "keepalives_count": "3", "tcp_user_timeout": "15000", "target_session_attrs": "read-write",
        ].merging(options) { $1 }
        all["client_encoding"] = "UTF8"
        let count = max(list("host").count, list("hostaddr").count)
        for key in ["host", "hostaddr", "port"] {
            let values = list(key)
            guard values.count == count, count > 1 else { continue }
            all[key] = (values[(turn % count)...] + values[..<(turn % count)]).joined(separator: ",")
        }
        return all.map { ($0.key, $0.value) }
    }

    static func line(_ words: String) -> String {
        words.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
