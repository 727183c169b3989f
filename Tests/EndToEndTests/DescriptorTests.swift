import StoaTesting
import Testing

@Suite("Descriptors running out")
struct DescriptorTests {
    @Test(
        "who is there is served on, the listener stays alive, and service resumes when descriptors come back")
    func exhaustion() async throws {
        let server = try await ServerProcess(["loops": "2"], descriptorLimit: 80)
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        for _ in 0..<3 {
            var crowd: [RawConnection] = []
            for _ in 0..<120 { crowd.append(try RawConnection(port: server.port)) }
            // The kernel takes the connection; the server cannot.
            let outside = crowd[119]
            outside.send("GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            for number in 0..<20 {
                try await client.request(
                    "chat_message", #""room":"\#(room)","content":"\#(number)""#)
            }
            for connection in crowd.dropLast() { connection.cut() }
            #expect(try await outside.receiveAll().hasPrefix("HTTP/1.1 200 "))
        }
        #expect(try await server.http("GET", "/health/ready").status == 200)
        #expect(await server.stop() == 0)
    }
}
