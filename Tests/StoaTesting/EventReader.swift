import Foundation
import JSON

/// A reader of server-sent events (WHATWG HTML §9.2), as a browser's `EventSource` is one.
public final class EventReader: Sendable {
    /// An event as its reader has it.
    public struct Event: Sendable {
        public let data: String
        /// The last id until it.
        public let id: String?
        public let retry: Int?

        public var json: JSONValue? {
            let bytes = Array(data.utf8)
            return try? JSONValue(parsing: bytes.span)
        }
        public var type: String { json?["type"]?.string ?? "" }
    }

    public let connection: RawConnection
    public let head: HTTPAnswer

    /// Opens a stream, and reads the answer's head.
    public init(
        _ server: ServerProcess, _ query: String, token: String? = nil, lastID: String? = nil,
        receiveBuffer: Int32? = nil
    ) async throws {
        connection = try RawConnection(port: server.port, receiveBuffer: receiveBuffer)
        var head = "GET /api/v1/stream?\(query) HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let lastID { head += "Last-Event-ID: \(lastID)\r\n" }
        connection.send(head + "\r\n")
        let text = try await connection.receive { bytes, _ in
            bytes.firstRange(of: Array("\r\n\r\n".utf8)).map { range in
                defer { bytes.removeSubrange(..<range.upperBound) }
                return String(decoding: bytes[..<range.upperBound], as: UTF8.self)
            }
        }
        self.head = try HTTPAnswer(raw: text)
        guard self.head.status == 200 else { throw TestFailure("no stream: \(text)") }
    }

    /// The next event that has data.
    public func next(within seconds: Double = 30) async throws -> Event {
        while true {
            let block = try await connection.receive(within: seconds) { bytes, _ -> String? in
                bytes.firstRange(of: [0x0A, 0x0A]).map { range in
                    defer { bytes.removeSubrange(..<range.upperBound) }
                    return String(decoding: bytes[..<range.lowerBound], as: UTF8.self)
                }
            }
            var (data, id, retry) = ([String](), String?.none, Int?.none)
            for line in block.components(separatedBy: "\n") {
                if line.hasPrefix("data: ") { data.append(String(line.dropFirst(6))) }
                if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
                if line.hasPrefix("retry: ") { retry = Int(line.dropFirst(7)) }
            }
            if !data.isEmpty { return Event(data: data.joined(separator: "\n"), id: id, retry: retry) }
        }
    }

    /// The next event of a type; others before it are dropped.
    public func next(_ type: String, within seconds: Double = 30) async throws -> Event {
        while true {
            let event = try await next(within: seconds)
            if event.type == type { return event }
        }
    }
}
