import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Settings over the wire")
struct SettingsTests {
    @Test(
        "beyond limits.queued_appends sends are refused as unavailable; what was acknowledged is there, once")
    func queuedAppends() async throws {
        let server = try await ServerProcess(["limits.queued_appends": "1"])
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        let count = 90
        for number in 0..<count {
            client.send(
                #"{"type":"chat_message","id":"c\#(number)","room":"\#(room)","content":"\#(number)"}"#)
        }
        try await client.wait { $0.count { $0["id"]?.string?.hasPrefix("c") == true } == count }
        let replies = client.log.filter { $0["id"] != nil }
        let refused = replies.filter { $0["type"]?.string == "error" }
        #expect(!refused.isEmpty)
        for refusal in refused {
            #expect(refusal["code"]?.string == "unavailable")
            #expect(refusal["retry_after_ms"]?.integer ?? 0 > 0)
        }
        let acknowledged = replies.filter { $0["type"]?.string == "ack" }.compactMap {
            $0["message_id"]?.string
        }
        let history = try await client.request("history", #""room":"\#(room)","limit":100"#)
        let stored = history["messages"]?.array?.compactMap { $0["id"]?.string }
        #expect(stored?.sorted() == acknowledged.sorted())
        // The queue is free again.
        try await client.request("chat_message", #""room":"\#(room)","content":"later""#)
        await server.stop()
    }

    @Test(
        "topics.channels bounds how many topics there are, and topics.idle_ms gives unused ones' places back")
    func topics() async throws {
        let server = try await ServerProcess(["topics.channels": "2", "topics.idle_ms": "5000"])
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let client = try await TestClient(server, token: token)
        let publish: @Sendable (String) async throws -> Void = { name in
            try await client.request("publish", #""channel":"topic:\#(name)","data":1"#)
        }
        try await client.request("subscribe", #""channels":["topic:kept"]"#)
        try await publish("unused")
        let refusal = await #expect(throws: Refused.self) { try await publish("more") }
        #expect(refusal?.code == "too_many_channels")
        try await eventually("the unused topic's place is free", within: 30) {
            do {
                try await publish("more")
                return true
            } catch let refusal as Refused where refusal.code == "too_many_channels" {
                return false
            }
        }
        // The one that somebody listens to has been kept.
        try await publish("kept")
        #expect(try await client.push("publication")["channel"]?.string == "topic:kept")
        await server.stop()
    }

    @Test("topics.ring_bytes bounds what a topic keeps for those who come back")
    func ringBytes() async throws {
        let server = try await ServerProcess(["topics.ring_bytes": "4096"])
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let client = try await TestClient(server, token: token)
        var epoch = ""
        for _ in 0..<10 {
            let ack = try await client.request(
                "publish", #""channel":"topic:a","data":"\#(String(repeating: "x", count: 900))""#)
            epoch = ack["epoch"]?.string ?? ""
        }
        for (offset, isRecovered) in [(8, true), (0, false)] {
            let reader = try await TestClient(server, token: token)
            let since = #""since":{"topic:a":{"epoch":"\#(epoch)","offset":\#(offset)}}"#
            let snapshot = try await reader.request("subscribe", #""channels":["topic:a"],"# + since)
            #expect(snapshot["channels"]?["topic:a"]?["recovered"]?.bool == isRecovered)
            if isRecovered {
                #expect(try await reader.push("publication")["offset"]?.integer == 9)
                #expect(try await reader.push("publication")["offset"]?.integer == 10)
            } else {
                #expect(try await reader.push("gap")["reason"]?.string == "limit")
            }
        }
        await server.stop()
    }

    @Test(
        "with http.proxy_protocol a trusted proxy's header names the client, in both versions; without one it ends"
    )
    func proxyProtocol() async throws {
        let server = try await ServerProcess([
            "http.proxy_protocol": "true", "http.trusted_proxies": "127.0.0.1", "http.header_ms": "1000",
            "limits.connections_per_address": "1",
        ])
        let get = Array("GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
        func text(_ client: String) -> [UInt8] { Array("PROXY TCP4 \(client) 127.0.0.1 1234 80\r\n".utf8) }
        let binary: [UInt8] =
            [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 12]
            + [203, 0, 113, 9, 127, 0, 0, 1, 0x30, 0x39, 0, 80]
        // Counted by the address in the header, whichever version it is of.
        let first = try RawConnection(port: server.port)
        first.send(text("203.0.113.9") + Array("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        _ = try await first.receive { bytes, _ in bytes.isEmpty ? nil : true } as Bool
        for (header, status) in [
            (binary, "429"), (text("203.0.113.9"), "429"), (text("203.0.113.10"), "200"),
        ] {
            let connection = try RawConnection(port: server.port)
            connection.send(header + get)
            #expect(try await connection.receiveAll().hasPrefix("HTTP/1.1 \(status) "))
        }
        for bytes in [get, Array("PROXY TCP4 nowhere\r\n".utf8) + get, Array("PROXY TC".utf8)] {
            let connection = try RawConnection(port: server.port)
            connection.send(bytes)
            #expect(try await connection.receiveAll().isEmpty)
        }
        await server.stop()
    }

    @Test("websocket.compression says whether permessage-deflate is agreed to", arguments: [true, false])
    func compression(isOn: Bool) async throws {
        let server = try await ServerProcess(["websocket.compression": "\(isOn)"])
        let connection = try RawConnection(port: server.port)
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        let upgrade = HostilePeerTests.upgrade(ServerProcess.token("u_ann"))
        // One character of Swift's: the empty line.
        connection.send(upgrade.dropLast() + offer + "\r\n")
        let answer = try await connection.receive { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains("\r\n\r\n") ? text : nil
        }
        #expect(answer.hasPrefix("HTTP/1.1 101"))
        #expect(answer.contains("permessage-deflate") == isOn)
        await server.stop()
    }
}
