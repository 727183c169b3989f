import JSON
import StoaTesting
import Testing

/// Two people in a room, and what each must see of the other whatever the kernel does.
struct Conversation {
    let server: ServerProcess
    let room: String
    let ann: TestClient
    let bob: TestClient

    init(_ server: ServerProcess) async throws {
        self.server = server
        room = try await server.room()
        ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await ann.request("join", #""room":"\#(room)""#)
        try await bob.request("join", #""room":"\#(room)""#)
    }

    /// Sends a message.
    ///
    /// - Returns: Its acknowledgement.
    @discardableResult
    func say(_ content: String, by client: TestClient) async throws -> JSONValue {
        try await client.request("chat_message", #""room":"\#(room)","content":"\#(content)""#)
    }

    /// Both talk; each message arrives whole, once and in order.
    func talk(_ count: Int = 5, bytes: Int = 20_000) async throws {
        for number in 0..<count {
            let content = "\(number) " + String(repeating: "é", count: bytes / 2)
            let speaker = number % 2 == 0 ? ann : bob
            let ack = try await say(content, by: speaker)
            for client in [ann, bob] {
                let push = try await client.push("new_message")
                #expect(push["seq"]?.integer == ack["seq"]?.integer)
                #expect(push["message"]?["content"]?.string == content)
            }
        }
    }
}
