import Foundation
import StoaTesting
import Testing

@Suite("TLS")
struct TLSTests {
    /// A certificate for names, made by the openssl tool.
    struct Certificate {
        let certificate: String
        let key: String

        init(_ name: String, in folder: URL, file: String? = nil) async throws {
            certificate = folder.appending(path: "\(file ?? name).crt").path
            key = folder.appending(path: "\(file ?? name).key").path
            let made = await Shell.run(
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-addext subjectAltName=DNS:\(name) -keyout \(key) -out \(certificate)")
            guard made.status == 0 else { throw TestFailure("openssl: \(made.output)") }
        }
    }

    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stoa-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func client(_ server: ServerProcess, _ options: String, input: String = "printf ''") async
        -> String
    {
        await Shell.run("\(input) | timeout 10 openssl s_client -connect 127.0.0.1:\(server.port) \(options)")
            .output
    }

    /// The port of `listening on https://…`.
    static func server(_ settings: [String: String]) async throws -> ServerProcess {
        try await ServerProcess(settings)
    }

    @Test(
        "TLS 1.2 and 1.3 are spoken, 1.1 and foreign protocols are not; sessions resume; names choose certificates",
        .timeLimit(.minutes(1)))
    func versions() async throws {
        let folder = try TLSTests.folder()
        let first = try await Certificate("first.example", in: folder)
        let second = try await Certificate("second.example", in: folder)
        let server = try await TLSTests.server([
            "tls.certificate": "\(first.certificate),\(second.certificate)",
            "tls.key": "\(first.key),\(second.key)",
        ])
        #expect(await TLSTests.client(server, "-tls1_2").contains("Protocol  : TLSv1.2"))
        #expect(await TLSTests.client(server, "-tls1_3").contains("TLSv1.3"))
        #expect(await TLSTests.client(server, "-tls1_1 -cipher ALL@SECLEVEL=0").contains("alert"))
        #expect(await TLSTests.client(server, "-alpn h2,http/1.1").contains("ALPN protocol: http/1.1"))
        #expect(await TLSTests.client(server, "-alpn h2").contains("no application protocol"))
        #expect(await TLSTests.client(server, "-servername second.example").contains("CN = second.example"))
        #expect(await TLSTests.client(server, "-servername other.example").contains("CN = first.example"))
        let session = folder.appending(path: "session").path
        _ = await TLSTests.client(server, "-tls1_2 -sess_out \(session)")
        #expect(await TLSTests.client(server, "-tls1_2 -sess_in \(session)").contains("Reused, TLSv1.2"))
        let request = "printf 'GET /health/live HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'"
        #expect(await TLSTests.client(server, "-quiet", input: request).contains("HTTP/1.1 200"))
        await server.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    @Test(
        "SIGHUP brings a new certificate to new connections; a bad one leaves the old",
        .timeLimit(.minutes(1)))
    func reload() async throws {
        let folder = try TLSTests.folder()
        let old = try await Certificate("old.example", in: folder, file: "server")
        let server = try await TLSTests.server(["tls.certificate": old.certificate, "tls.key": old.key])
        #expect(await TLSTests.client(server, "").contains("CN = old.example"))
        _ = try await Certificate("new.example", in: folder, file: "server")
        server.signal(SIGHUP)
        while !server.log.contains("read again") { await Task.yield() }
        #expect(await TLSTests.client(server, "").contains("CN = new.example"))
        try "nonsense".write(toFile: old.certificate, atomically: true, encoding: .utf8)
        server.signal(SIGHUP)
        while !server.log.contains("stay as they were") { await Task.yield() }
        #expect(await TLSTests.client(server, "").contains("CN = new.example"))
        await server.stop()
        try? FileManager.default.removeItem(at: folder)
    }
}
