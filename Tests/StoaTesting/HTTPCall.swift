import Bytes
import Foundation
import JSON

/// An HTTP answer as a test sees it.
public struct HTTPAnswer: Sendable {
    public let status: Int
    public let headers: [String: String]
    public let body: [UInt8]

    public var text: String { String(decoding: body, as: UTF8.self) }
    public var json: JSONValue? { try? JSONValue(parsing: body.span) }
    public var code: String? { json?["code"]?.string }
}

extension ServerProcess {
    /// One request on a connection of its own.
    ///
    /// - Parameter proxy: A port that leads to the server, where its own is not meant.
    public func http(
        _ method: String, _ path: String, _ body: String? = nil, token: String? = nil,
        headers: [String: String] = [:], proxy: UInt16? = nil
    ) async throws -> HTTPAnswer {
        let connection = try RawConnection(port: proxy ?? port)
        var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        if let body { head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        connection.send(head + "\r\n" + (body ?? ""))
        return try HTTPAnswer(raw: try await connection.receiveAll())
    }

    /// A new room's id.
    public func room(owner: String = "u_owner", _ members: String = "", proxy: UInt16? = nil) async throws
        -> String
    {
        let extra = members.isEmpty ? "" : ",\(members)"
        let answer = try await http(
            "POST", "/api/v1/rooms", #"{"name":"Algebra","type":"public""# + extra + "}",
            token: ServerProcess.token(owner), proxy: proxy)
        guard answer.status == 201, let id = answer.json?["id"]?.string else {
            throw TestFailure("no room: \(answer.status) \(answer.text)")
        }
        return id
    }
}

extension HTTPAnswer {
    /// Reads an answer with all its bytes, as they came.
    public init(raw: String) throws {
        let parts = raw.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]) else {
            throw TestFailure("no HTTP answer: \(raw.prefix(200))")
        }
        self.status = status
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            headers[line[..<colon].lowercased()] = value
        }
        self.headers = headers
        body = Array(parts.dropFirst().joined(separator: "\r\n\r\n").utf8)
    }
}
