import Foundation
import StoaTesting
import Testing

@Suite("Hostile peers")
struct HostilePeerTests {
    private static func masked(_ first: UInt8, _ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let length = UInt16(bytes.count)
        let head =
            length < 126 ? [0x80 | UInt8(length)] : [0xFE, UInt8(length >> 8), UInt8(length & 0xFF)]
        return [first] + head + [0, 0, 0, 0] + bytes
    }

    @Test(
        "messages that came before an offence in the same packet are answered before the close (RFC 6455 §7.1.7)"
    )
    func answeredBefore() async throws {
        let server = try await ServerProcess(["echo": "true"])
        let offences: [([UInt8], UInt16)] = [
            (HostilePeerTests.masked(0x83, "x"), 1002), (HostilePeerTests.masked(0xC1, "x"), 1002),
            ([0x81, 0x01, 0x78], 1002), (HostilePeerTests.masked(0x80, "x"), 1002),
            ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
        ]
        let behind = HostilePeerTests.masked(0x81, #"{"type":"ping","id":"c"}"#)
        for (offence, code) in offences {
            let echo = try await TestClient(server, path: "/echo", welcome: false)
            let texts = ["first", "second"].flatMap { HostilePeerTests.masked(0x81, $0) }
            echo.sendRaw(texts + offence + behind)
            #expect(try await echo.closeCode() == code)
            #expect(echo.frames == ["first", "second"])

            let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
            let requests = ["a", "b"].flatMap {
                HostilePeerTests.masked(0x81, #"{"type":"ping","id":"\#($0)"}"#)
            }
            client.sendRaw(requests + offence + behind)
            #expect(try await client.closeCode() == code)
            #expect(client.log.map { $0["id"]?.string } == ["a", "b"])
        }
        await server.stop()
    }

    @Test(
        "so are those whose answers come from rooms, the store and topics; and a client's own close waits for them"
    )
    func answeredFromElsewhere() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let requests = [
            #"{"type":"join","id":"a","room":"\#(room)"}"#,
            #"{"type":"chat_message","id":"b","room":"\#(room)","content":"hi"}"#,
            #"{"type":"history","id":"c","room":"\#(room)"}"#,
            #"{"type":"typing_start","id":"d","room":"\#(room)"}"#,
            #"{"type":"subscribe","id":"e","channels":["topic:a"]}"#,
            #"{"type":"publish","id":"f","channel":"topic:a","data":1}"#,
            #"{"type":"presence","id":"g","room":"no-such-room"}"#,
            #"{"type":"leave","id":"h","room":"\#(room)"}"#,
        ].flatMap { HostilePeerTests.masked(0x81, $0) }
        let endings: [([UInt8], UInt16)] = [
            (HostilePeerTests.masked(0x83, "x"), 1002), (HostilePeerTests.masked(0x82, "x"), 1003),
            (HostilePeerTests.masked(0x81, "[]"), 4500), ([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], 1000),
        ]
        let behind = HostilePeerTests.masked(0x81, #"{"type":"ping","id":"z"}"#)
        for (ending, code) in endings {
            let client = try await TestClient(server, token: token)
            client.sendRaw(requests + ending + behind)
            #expect(try await client.closeCode() == code)
            let answered = client.log.compactMap { $0["id"]?.string }
            #expect(answered.sorted() == ["a", "b", "c", "d", "e", "f", "g", "h"])
        }
        await server.stop()
    }

    @Test(
        "a length that is not as short as it can be, or has its top bit set, is refused (RFC 6455 §5.2)",
        arguments: [
            [0x81, 0xFE, 0, 5], [0x81, 0xFE, 0, 125], [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 5],
            [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 5],
            [0x89, 0xFE, 0, 126],
        ] as [[UInt8]])
    func lengths(head: [UInt8]) async throws {
        let server = try await ServerProcess(["echo": "true"])
        for path in ["/ws", "/echo"] {
            let client = try await TestClient(
                server, token: ServerProcess.token("u_ann"), path: path, welcome: path == "/ws")
            client.sendRaw(head + [0, 0, 0, 0])
            #expect(try await client.closeCode() == 1002)
        }
        await server.stop()
    }

    @Test("text that is no UTF-8 is refused before the message, or even its frame, has ended (RFC 6455 §8.1)")
    func textFailsFast() async throws {
        let server = try await ServerProcess(["echo": "true"])
        let wrong = Array("κόσμε".utf8) + [0xF4, 0x90, 0x80, 0x80]
        for bytes in [
            // A first fragment; more is announced.
            [0x01, 0x80 | UInt8(wrong.count), 0, 0, 0, 0] + wrong,
            // The beginning of a frame of 1,000 bytes.
            [0x81, 0xFE, 3, 0xE8, 0, 0, 0, 0] + wrong,
        ] {
            for path in ["/ws", "/echo"] {
                let client = try await TestClient(
                    server, token: ServerProcess.token("u_ann"), path: path, welcome: path == "/ws")
                client.sendRaw(bytes)
                #expect(try await client.closeCode() == 1007)
            }
        }
        await server.stop()
    }

    @Test(
        "who asks by pings and never reads costs the backlog's bound and is closed; others are served (DESIGN 3.8)"
    )
    func deafPings() async throws {
        let server = try await ServerProcess([
            "limits.control_frames_per_second": "0", "limits.backlog_bytes": "65536", "loops": "1",
        ])
        let neighbour = try await TestClient(server, token: ServerProcess.token("u_bob"))
        let before = try server.residentBytes()
        let deaf = try RawConnection(port: server.port, receiveBuffer: 4096, reads: false)
        deaf.send(HostilePeerTests.upgrade(ServerProcess.token("u_deaf")))
        let ping = [0x89, 0xFD, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 125)
        let burst = [UInt8]((0..<500).flatMap { _ in ping })
        // Closed as slow, it is not listened to any more, and gone when the time for its good-bye is over.
        let deadline = Date().addingTimeInterval(20)
        var isEnded = false
        while !isEnded, Date() < deadline {
            for _ in 0..<20 where !isEnded { isEnded = !deaf.send(burst) }
            try await neighbour.request("ping")
        }
        #expect(isEnded)
        try await neighbour.request("ping")
        #expect(try server.residentBytes() - before < 8 << 20)
        await server.stop()
    }

    static func upgrade(_ token: String) -> String {
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer \(token)\r\n\r\n"
    }
}
