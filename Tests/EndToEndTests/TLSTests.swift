import Foundation
import StoaTesting
import Testing

@Suite("TLS")
struct TLSTests {
    /// One handshake and one request with OpenSSL's tool.
    private static func connect(_ server: ServerProcess, _ options: String = "-servername one.test")
        async throws
        -> String
    {
        let request = #"GET /health/live HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n"#
        return try await Tool.shell(
            "printf '\(request)' | timeout 10 openssl s_client -ign_eof -connect 127.0.0.1:\(server.port) \(options)"
        ).text
    }

    @Test("TLS 1.2 and 1.3 are spoken with http/1.1; older versions and unknown protocols are refused")
    func versions() async throws {
        let folder = try await CertificateFolder("one.test")
        let server = try await ServerProcess(folder.settings("one.test"))
        #expect(server.base.hasPrefix("https://"))
        for version in ["tls1_2", "tls1_3"] {
            let text = try await TLSTests.connect(
                server, "-servername one.test -alpn h2,http/1.1 -\(version)")
            #expect(text.contains("TLSv1.\(version.last == "2" ? 2 : 3), Cipher is"))
            #expect(text.contains("ALPN protocol: http/1.1"))
            #expect(text.contains("HTTP/1.1 200"))
        }
        let old = try await TLSTests.connect(server, "-tls1_1 -cipher DEFAULT@SECLEVEL=0")
        #expect(old.contains("alert protocol version"))
        #expect(!old.contains("HTTP/1.1 200"))
        let unknown = try await TLSTests.connect(server, "-alpn h2")
        #expect(unknown.contains("no application protocol"))
        let weak = try await TLSTests.connect(server, "-tls1_2 -cipher AES128-SHA:AES256-SHA")
        #expect(weak.contains("handshake failure"))
        #expect(try await TLSTests.connect(server).contains("HTTP/1.1 200"))
        await server.stop()
    }

    @Test(
        "sessions are resumed, with both versions, also when the certificates were read again",
        arguments: ["tls1_2", "tls1_3"])
    func resumption(_ version: String) async throws {
        let folder = try await CertificateFolder("one.test")
        let server = try await ServerProcess(folder.settings("one.test"))
        let session = folder.directory.appending(path: "session").path
        let first = try await TLSTests.connect(
            server, "-servername one.test -\(version) -sess_out \(session)")
        #expect(first.contains("New, TLSv1"))
        server.signal(SIGHUP)
        try await eventually("read again") { server.log.contains("read again") }
        let second = try await TLSTests.connect(
            server, "-servername one.test -\(version) -sess_in \(session)")
        #expect(second.contains("Reused, TLSv1"))
        #expect(second.contains("HTTP/1.1 200"))
        await server.stop()
    }

    @Test(
        "of several certificates the one for the name asked for is shown; the first for other names and none")
    func serverNames() async throws {
        let folder = try await CertificateFolder("one.test", "two.test")
        let server = try await ServerProcess(folder.settings("one.test", "two.test"))
        for (options, subject) in [
            ("-servername two.test", "two.test"), ("-servername one.test", "one.test"),
            ("-servername three.test", "one.test"), ("-noservername", "one.test"),
        ] {
            let text = try await TLSTests.connect(server, options)
            #expect(text.contains("subject=CN = \(subject)") || text.contains("subject=CN=\(subject)"))
        }
        await server.stop()
    }

    @Test("SIGHUP: new handshakes see the new certificate, a WebSocket goes on; a broken one changes nothing")
    func reload() async throws {
        let folder = try await CertificateFolder("one.test")
        let server = try await ServerProcess(folder.settings("one.test"))
        let script = folder.directory.appending(path: "client.py").path
        try TLSTests.client.write(toFile: script, atomically: true, encoding: .utf8)
        let go = folder.directory.appending(path: "go").path
        let ready = folder.directory.appending(path: "ready").path
        async let talk = Tool.shell(
            "exec timeout 30 python3 \(script) \(server.port) \(ServerProcess.token("u_ann")) \(ready) \(go)")
        try await eventually("the client is there") { FileManager.default.fileExists(atPath: ready) }

        try await folder.make("new.test", as: "one.test")
        server.signal(SIGHUP)
        try await eventually("the new certificate is shown") {
            try await TLSTests.connect(server).contains("new.test")
        }
        try Data("no certificate".utf8).write(to: URL(fileURLWithPath: folder.certificate("one.test")))
        server.signal(SIGHUP)
        try await eventually("the log tells") { server.log.contains("stay as they were") }
        #expect(try await TLSTests.connect(server).contains("new.test"))

        _ = FileManager.default.createFile(atPath: go, contents: nil)
        let talked = try await talk
        #expect(talked.output.contains(#""type":"ack","id":"after""#), "\(talked.text)")
        await server.stop()
    }

    @Test("a certificate that cannot be used is told in words that name it, with exit status 2")
    func unreadable() async throws {
        let folder = try await CertificateFolder("one.test", "two.test")
        let data = folder.directory.appending(path: "data").path
        for (certificate, key, word) in [
            ("/nowhere.pem", folder.key("one.test"), "/nowhere.pem"),
            (folder.certificate("one.test"), "/nowhere.key", "/nowhere.key"),
            (folder.certificate("one.test"), folder.key("two.test"), "does not belong"),
        ] {
            let tool = try await Tool.stoa(
                "serve", "--port", "0", "--data-dir", data, "--tls.certificate", certificate, "--tls.key", key
            )
            #expect(tool.status == 2)
            #expect(tool.errors.contains(word), "\(tool.text)")
        }
    }

    @Test("a handshake that does not come, or is none, ends; others go on")
    func noHandshake() async throws {
        let folder = try await CertificateFolder("one.test")
        let settings = folder.settings("one.test").merging(["tls.handshake_ms": "1500"]) { $1 }
        let server = try await ServerProcess(settings)
        let silent = try RawConnection(port: server.port)
        let plain = try RawConnection(port: server.port)
        plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await plain.receiveAll()
        #expect(try await silent.receiveAll().isEmpty)
        #expect(try await TLSTests.connect(server).contains("HTTP/1.1 200"))
        await server.stop()
    }

    /// A WebSocket over TLS that says something when it is told to.
    private static let client = #"""
        import os, socket, ssl, sys, time
        port, token, ready, go = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        tls = context.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="one.test")
        tls.sendall(("GET /ws HTTP/1.1\r\nHost: one.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Authorization: Bearer " + token + "\r\n\r\n").encode())
        text = b""
        while b"expires_at" not in text:
            text += tls.recv(4096)
        open(ready, "w").close()
        while not os.path.exists(go):
            time.sleep(0.01)
        message = b'{"type":"ping","id":"after"}'
        tls.sendall(bytes([0x81, 0x80 | len(message), 0, 0, 0, 0]) + message)
        while b'"after"' not in text:
            text += tls.recv(4096)
        print(text.decode(errors="replace"))
        """#
}
