import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Operating a running server")
struct OperatingTests {
    private static let listening = ["metrics.listen": "127.0.0.1:0"]

    private static func lines(_ server: ServerProcess) throws -> [JSONValue] {
        try server.log.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8).span) }
    }

    // MARK: Readiness

    @Test(
        "ready is 503 with a reason while the store fails, and 200 again when it is mended, though nobody writes"
    )
    func storeFails() async throws {
        let server = try await ServerProcess(OperatingTests.listening)
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        let log = server.dataDirectory.appending(path: "stoa.db-wal").path
        let size = try #require(
            try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
        // No file may grow any more: what a full disk does, without one.
        try await OperatingTests.limitFiles(of: server, to: "\(size)")
        let content = String(repeating: "x", count: 9000)
        let refused = await #expect(throws: Refused.self) {
            try await client.request("chat_message", #""room":"\#(room)","content":"\#(content)""#)
        }
        #expect(refused?.code == "unavailable")
        let answer = try await server.http("GET", "/health/ready")
        #expect(answer.status == 503)
        #expect(answer.json?["status"]?.string == "store_failing")
        #expect(answer.json?["reason"]?.string?.isEmpty == false)
        #expect(try await server.http("GET", "/health/live").status == 200)
        try await eventually("the store is tried, though nobody writes") {
            #expect(try await server.http("GET", "/health/ready").status == 503)
            return try await server.metrics()("stoa_store_commit_failures_total") >= 2
        }
        try await OperatingTests.limitFiles(of: server, to: "unlimited")
        try await eventually("the store is tried again") {
            try await server.http("GET", "/health/ready").status == 200
        }
        try await client.request("chat_message", #""room":"\#(room)","content":"on""#)
        #expect(try OperatingTests.lines(server).contains { $0["level"]?.string == "error" })
        #expect(!server.log.contains(content.prefix(100)))
        await server.stop()
    }

    /// Sets how long the server's files may become; the hard limit stays, so that it can be taken back.
    private static func limitFiles(of server: ServerProcess, to bytes: String) async throws {
        let tool = try await Tool.shell("prlimit --pid \(server.processID) --fsize=\(bytes):")
        guard tool.status == 0 else { throw TestFailure(tool.text) }
    }

    @Test("while the server goes away ready is 503 and metrics are told, on the listener for watchers")
    func draining() async throws {
        let server = try await ServerProcess(
            OperatingTests.listening.merging([
                "http.proxy_protocol": "true", "http.trusted_proxies": "127.0.0.1",
                "http.header_ms": "60000", "drain.close_ms": "60000",
            ]) { $1 })
        #expect(try await server.watch("/health/ready").status == 200)
        // A proxy that does not say for whom it comes keeps the server until it is cut.
        let slow = try RawConnection(port: server.port)
        try await eventually("it is there") {
            try await server.metrics()(#"stoa_connections{kind="other",state="open"}"#) == 1
        }
        server.signal(SIGTERM)
        var reason: JSONValue?
        try await eventually("it is not ready") {
            let answer = try await server.watch("/health/ready")
            reason = answer.json
            return answer.status == 503
        }
        #expect(reason?["status"]?.string == "draining")
        #expect(reason?["reason"]?.string == "The server is going away.")
        #expect(try await server.watch("/health/live").status == 200)
        _ = try await server.metrics()
        slow.cut()
        #expect(await server.exitStatus() == 0)
    }

    // MARK: The log

    @Test("`stoa log` shows and changes the level of a running server; unknown levels are refused")
    func levels() async throws {
        let server = try await ServerProcess(["log.level": "warning"])
        let data = server.dataDirectory.path
        #expect(try await Tool.stoa("log", "--data-dir", data).output == "warning\n")
        _ = try await server.http("GET", "/health/live")
        #expect(try OperatingTests.lines(server).isEmpty)
        #expect(try await Tool.stoa("log", "--level", "debug", "--data-dir", data).output == "debug\n")
        _ = try await server.http("GET", "/health/live?secret=hush")
        let line = try #require(
            try OperatingTests.lines(server).first { $0["message"]?.string == "GET /health/live 200" })
        #expect(line["level"]?.string == "debug")
        #expect(line["request_id"]?.string?.hasPrefix("r_") == true)
        #expect((line["at"]?.integer ?? 0) > 0)
        #expect(try await Tool.stoa("log", "--level", "loud", "--data-dir", data).status == 2)
        #expect(try await Tool.stoa("log", "--level", "error", "--data-dir", data).status == 0)
        let before = server.log
        _ = try await server.http("GET", "/health/live")
        await server.stop()
        #expect(server.log == before)
        let gone = try await Tool.stoa("log", "--data-dir", data)
        #expect(gone.status == 1 && gone.errors.contains("no server runs"))
        #expect(try await Tool.stoa("config", "check", "--log.level", "loud").status == 2)
        #expect(try await Tool.stoa("config", "check", "--metrics.listen", "9100").status == 2)
    }

    @Test("not even at level debug does the log hold a token, a secret, a query or what somebody wrote")
    func secrets() async throws {
        let server = try await ServerProcess(["log.level": "debug"])
        let room = try await server.room()
        let token = ServerProcess.token("u_ann", name: "Annabella")
        let client = try await TestClient(server, token: token)
        try await client.request("join", #""room":"\#(room)""#)
        try await client.request("chat_message", #""room":"\#(room)","content":"confidential""#)
        client.send(#"{"type":"auth","id":"1","token":"\#(token)x"}"#)
        _ = try await client.take { $0["id"]?.string == "1" }
        client.send(#"{"type":"confidential"#)
        _ = try await client.closeCode()
        _ = try await server.http("GET", "/api/v1/rooms?query=confidential", token: token)
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"confidential"}"#, token: token)
        _ = try await server.http("GET", "/confidential", token: token + "x")
        let log = server.log
        #expect(log.contains("session begins") && log.contains("session ends"))
        #expect(try OperatingTests.lines(server).contains { $0["session"]?.string?.hasPrefix("s_") == true })
        for secret in ["confidential", "Annabella", token, ServerProcess.secret, "Bearer"] {
            #expect(!log.contains(secret), "\(secret)")
        }
        await server.stop()
    }
}
