import Foundation
import StoaTesting
import Testing

@Suite("Sockets that do less than they are asked", .timeLimit(.minutes(2)))
struct SocketFaultTests {
    @Test("reads of a byte and writes of seven change nothing that anybody sees")
    func short() async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(["loops": "2"], environment: faults.environment)
        faults.set(.receive, limit: 1)
        faults.set(.send, limit: 7)
        let conversation = try await Conversation(server)
        try await conversation.talk(3, bytes: 4000)
        #expect(faults.hits(.receive) > 4000)
        #expect(faults.hits(.send) > 1000)
        await server.stop()
    }

    @Test("nor under TLS, where a record comes in many pieces")
    func shortRecords() async throws {
        let faults = try await Faults()
        let folder = try await CertificateFolder("one.test")
        let server = try await ServerProcess(folder.settings("one.test"), environment: faults.environment)
        faults.set(.receive, limit: 1)
        faults.set(.send, limit: 7)
        let request = #"GET / HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n"#
        let answer = try await Tool.shell(
            "printf '\(request)' | timeout 20 openssl s_client -quiet -connect 127.0.0.1:\(server.port)")
        #expect(answer.output.hasPrefix("HTTP/1.1 200"))
        #expect(answer.output.hasSuffix("</html>\n"))
        #expect(faults.hits(.send) > 100)
        await server.stop()
    }

    @Test(
        "a call that was interrupted, or found nothing to do after all, is made again",
        arguments: [EINTR, EAGAIN])
    func again(_ error: Int32) async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(["loops": "2"], environment: faults.environment)
        for call in [Faults.Call.receive, .send, .accept] { faults.set(call, every: 2, error: error) }
        if error == EINTR { faults.set(.wait, every: 3, error: error) }
        let conversation = try await Conversation(server)
        try await conversation.talk()
        for call in [Faults.Call.receive, .send, .accept] { #expect(faults.hits(call) > 0, "\(call)") }
        #expect(await server.stop() == 0)
    }

    @Test(
        "a peer that is gone in the middle of a call is gone, and nobody else notices",
        arguments: [
            (Faults.Call.receive, ECONNRESET), (.send, EPIPE), (.send, ECONNRESET), (.receive, ETIMEDOUT),
        ])
    func gone(_ call: Faults.Call, _ error: Int32) async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(
            ["loops": "2", "presence.grace_ms": "0"], environment: faults.environment)
        let conversation = try await Conversation(server)
        let carl = try await TestClient(server, token: ServerProcess.token("u_carl"))
        try await carl.request("join", #""room":"\#(conversation.room)""#)
        // The others have been told of carl: the next bytes on any connection are carl's request, or the answer to it.
        for client in [conversation.ann, conversation.bob] {
            while try await client.push("user_joined")["user"]?["id"]?.string != "u_carl" {}
        }
        faults.set(call, error: error, times: 1)
        carl.send(#"{"type":"ping","id":"1"}"#)
        #expect(try await carl.closeCode() == 1006)
        let left = try await conversation.ann.push("user_left")
        #expect(left["user"]?["id"]?.string == "u_carl")
        try await conversation.talk(2)
        #expect(faults.hits(call) == 1)
        #expect(await server.stop() == 0)
    }

    @Test(
        "who cannot be accepted now is accepted later, and who is there is served meanwhile",
        arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED, EPROTO, EPERM])
    func accept(_ error: Int32) async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(["loops": "1"], environment: faults.environment)
        let conversation = try await Conversation(server)
        faults.set(.accept, error: error, times: 3)
        let late = try RawConnection(port: server.port)
        late.send("GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        try await conversation.talk(2)
        #expect(try await late.receiveAll().hasPrefix("HTTP/1.1 200 "))
        #expect(faults.hits(.accept) == 3)
        await server.stop()
    }
}
