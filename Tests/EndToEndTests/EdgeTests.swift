import Bytes
import JSON
import StoaTesting
import Testing
import WebSocket

@Suite("The wire's edges")
struct EdgeTests {
    @Test(
        "hidden characters, bare markup and NUL are refused where people would read them",
        arguments: [
            ("chat_message", #""content":"a\u0000b""#, "content"),
            ("chat_message", #""content":"a","client_id":"\u0000""#, "client_id"),
            ("chat_message", #""content":"a","mentions":["u\u0000"]"#, "mentions"),
            ("highlight_create", #""document_id":"d","highlight":{"text":"\\\u0000"}"#, "highlight"),
            ("reaction_add", #""message_id":"m","emoji":"\u200b👍""#, "emoji"),
            ("reaction_add", #""message_id":"m","emoji":"two words""#, "emoji"),
            ("reaction_add", #""message_id":"m","emoji":"<b>""#, "emoji"),
            ("search", #""query":"a\u0000""#, "query"),
        ])
    func texts(type: String, members: String, field: String) async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        let refused = await #expect(throws: Refused.self) {
            try await client.request(type, #""room":"\#(room)",\#(members)"#)
        }
        #expect(refused?.code == "invalid_field")
        #expect(refused?.reply["field"]?.string == field)
        await server.stop()
    }

    @Test("a room's name hides nothing, and no text of a request has a NUL")
    func roomNames() async throws {
        let server = try await ServerProcess()
        let token = ServerProcess.token("u_ann")
        for body in [
            #"{"name":"Alge\u200bbra"}"#, #"{"name":"\u202eAlgebra"}"#, #"{"name":"a\u0000"}"#,
            #"{"name":" "}"#,
            #"{"name":"Algebra","description":"\u0000"}"#, #"{"name":"Algebra","id":"1"}"#,
        ] {
            let answer = try await server.http("POST", "/api/v1/rooms", body, token: token)
            #expect(answer.status == 400, "\(body): \(answer.text)")
            #expect(answer.code == "invalid_field")
            #expect(!answer.text.contains("36 to 36"))
        }
        let good = try await server.http("POST", "/api/v1/rooms", #"{"name":"جبر 👩‍🔬"}"#, token: token)
        #expect(good.status == 201)
        await server.stop()
    }

    @Test("a thread that the room does not have is `message_not_found`, another room's too")
    func threads() async throws {
        let server = try await ServerProcess()
        let (room, other) = (try await server.room(), try await server.room())
        let token = ServerProcess.token("u_ann")
        let client = try await TestClient(server, token: token)
        for id in [room, other] { try await client.request("join", #""room":"\#(id)""#) }
        let message = try await client.request("chat_message", #""room":"\#(other)","content":"a""#)
        let id = try #require(message["message_id"]?.string)
        for thread in [id, "nothing"] {
            let refused = await #expect(throws: Refused.self) {
                try await client.request("history", #""room":"\#(room)","thread":"\#(thread)""#)
            }
            #expect(refused?.code == "message_not_found")
            let answer = try await server.http(
                "GET", "/api/v1/rooms/\(room)/messages?thread=\(thread)", token: token)
            #expect(answer.status == 404)
        }
        let page = try await client.request("history", #""room":"\#(other)","thread":"\#(id)""#)
        #expect(page["messages"]?.array?.count == 1)
        await server.stop()
    }

    @Test("what is no topic and no pattern cannot be subscribed or published to")
    func channels() async throws {
        let server = try await ServerProcess()
        let token = ServerProcess.token("u_ann", subscribe: ["*"], publish: ["*"])
        let client = try await TestClient(server, token: token)
        for channel in ["topic:", "topic:a*b", "room:x", "*", "topic:a\\u200bb"] {
            for (type, members) in [
                ("subscribe", #""channels":["\#(channel)"]"#),
                ("publish", #""channel":"\#(channel)","data":1"#),
            ] {
                let refused = await #expect(throws: Refused.self) { try await client.request(type, members) }
                #expect(refused?.code == "invalid_field", "\(type) \(channel)")
            }
        }
        try await client.request("subscribe", #""channels":["topic:a","topic:*"]"#)
        await server.stop()
    }

    @Test("a body that is JSON but not taken is told as that")
    func bodies() async throws {
        let server = try await ServerProcess()
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        for (body, words) in [
            (deep, "is nested too deeply"), (#"{"name":"a","name":"b"}"#, "names a member twice"),
            ("{", "is not JSON"),
        ] {
            let token = ServerProcess.token("u_ann")
            let answer = try await server.http("POST", "/api/v1/rooms", body, token: token)
            #expect(answer.status == 400 && answer.code == "invalid_message")
            #expect(answer.json?["detail"]?.string?.contains(words) == true, "\(words)")
        }
        await server.stop()
    }

    @Test("a token that renews with fewer grants ends publishing to the topic published to until then")
    func narrowerToken() async throws {
        let server = try await ServerProcess()
        let client = try await TestClient(
            server, token: ServerProcess.token("u_ann", publish: ["topic:lobby", "topic:caf\u{E9}"]))
        try await client.request("publish", #""channel":"topic:lobby","data":1"#)
        let narrower = ServerProcess.token("u_ann", publish: ["topic:caf\u{E9}"])
        try await client.request("auth", #""token":"\#(narrower)""#)
        let refused = await #expect(throws: Refused.self) {
            try await client.request("publish", #""channel":"topic:lobby","data":2"#)
        }
        #expect(refused?.code == "forbidden")
        // The same word in another spelling is another name.
        try await client.request("publish", #""channel":"topic:caf\u00e9","data":3"#)
        let other = await #expect(throws: Refused.self) {
            try await client.request("publish", #""channel":"topic:cafe\u0301","data":4"#)
        }
        #expect(other?.code == "forbidden" || other?.code == "invalid_field")
        await server.stop()
    }

    @Test(
        "HTTP that is refused is told in sentences (RFC 9110 §10.1.1, RFC 9112)",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\n\r\n", 400),
            (
                "POST /api/v1/rooms HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\nContent-Length: 2\r\n\r\n{}",
                417
            ),
            ("GET / HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\n\r\n", 417),
        ])
    func sentences(request: String, status: Int) async throws {
        let server = try await ServerProcess()
        let connection = try RawConnection(port: server.port)
        connection.send(request)
        let answer = try HTTPAnswer(raw: try await connection.receiveAll())
        #expect(answer.status == status)
        let detail = try #require(answer.json?["detail"]?.string)
        #expect(
            detail.first?.isUppercase == true && detail.hasSuffix(".") && detail.contains(" "), "\(detail)")
        await server.stop()
    }

    @Test("`OPTIONS *` tells the methods of the server (RFC 9110 §9.3.7)")
    func options() async throws {
        let server = try await ServerProcess()
        let answer = try await server.http("OPTIONS", "*")
        #expect(answer.status == 204)
        #expect(answer.headers["allow"]?.contains("PATCH") == true)
        await server.stop()
    }

    @Test("a compressed message that grows out of proportion closes with 1009 (limits.inflate_ratio)")
    func inflateRatio() async throws {
        let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        let text = #"{"type":"ping","id":"1","pad":""# + String(repeating: "a", count: 300_000) + #""}"#
        let deflater = try #require(Deflater())
        var compressed = ByteBuffer()
        deflater.append(text.utf8Span.span, to: &compressed)
        let payload = compressed.array()
        var frame = ByteBuffer()
        FrameEncoder.appendMasked(.text, payload: payload.span, key: 7, compressed: true, to: &frame)
        let bytes = frame.array()
        for (ratio, isClosed) in [("20", true), ("0", false)] {
            let server = try await ServerProcess(
                ["limits.inflate_ratio": ratio, "limits.message_bytes": "1048576"])
            let healthy = try await TestClient(server, token: ServerProcess.token("u_bob"))
            let client = try await TestClient(server, token: ServerProcess.token("u_ann"), headers: offer)
            client.sendRaw(bytes)
            if isClosed {
                #expect(try await client.closeCode() == 1009)
            } else {
                #expect(try await client.take { $0["id"]?.string == "1" }["type"]?.string == "ack")
            }
            try await healthy.request("ping")
            await server.stop()
        }
    }
}
