import Foundation

/// Self-signed certificates in a directory that goes with this object.
public final class CertificateFolder: Sendable {
    public let directory: URL

    public init(_ names: String...) async throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in names { try await make(name, as: name) }
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    public func certificate(_ file: String) -> String { directory.appending(path: "\(file).pem").path }
    public func key(_ file: String) -> String { directory.appending(path: "\(file).key").path }

    /// Makes a certificate for a host name.
    public func make(_ name: String, as file: String) async throws {
        let made = try await Tool.shell(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                + "-addext subjectAltName=DNS:\(name) -keyout \(key(file)) -out \(certificate(file))")
        guard made.status == 0 else { throw TestFailure(made.text) }
    }

    /// The settings of a server with these certificates.
    public func settings(_ files: String...) -> [String: String] {
        [
            "tls.certificate": files.map(certificate).joined(separator: ","),
            "tls.key": files.map(key).joined(separator: ","),
        ]
    }
}
