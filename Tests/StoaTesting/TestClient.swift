import Bytes
import Foundation
import JSON
import Synchronization
import WebSocket

/// An error that a request was answered with.
public struct Refused: Error, CustomStringConvertible {
    public let reply: JSONValue
    public var code: String { reply["code"]?.string ?? "" }
    public var description: String { "\(code): \(reply["message"]?.string ?? "")" }
}

/// A WebSocket client of the protocol, independent of the client library.
public final class TestClient: Sendable {
    private struct State: ~Copyable {
        var decoder = MessageDecoder(
            role: .client, limits: WebSocketLimits(messageBytes: 1 << 24, framesPerMessage: 0), deflate: nil)
        var messages: [JSONValue] = []
        var frames: [String] = []
        var closeCode: UInt16?
        var isUpgraded = false
        var next = 0
    }

    private let connection: RawConnection
    private let answersPings: Bool
    private let state = Mutex(State())

    /// Connects, with the token in the handshake where one is given, and waits for `welcome`.
    public convenience init(
        _ server: ServerProcess, token: String? = nil, path: String = "/ws", welcome: Bool = true,
        receiveBuffer: Int32? = nil, headers: String = "", answersPings: Bool = true
    ) async throws {
        try await self.init(
            port: server.port, token: token, path: path, welcome: welcome, receiveBuffer: receiveBuffer,
            headers: headers, answersPings: answersPings)
    }

    /// Connects to whatever leads to a server.
    public init(
        port: UInt16, token: String? = nil, path: String = "/ws", welcome: Bool = true,
        receiveBuffer: Int32? = nil, headers: String = "", answersPings: Bool = true
    ) async throws {
        self.answersPings = answersPings
        connection = try RawConnection(port: port, receiveBuffer: receiveBuffer)
        var head =
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + headers
        if let token { head += "Authorization: Bearer \(token)\r\n" }
        connection.send(head + "\r\n")
        let answer = try await connection.receive { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { return nil as String? }
            let head = String(text[..<end.upperBound])
            bytes.removeFirst(head.utf8.count)
            return head
        }
        guard answer.hasPrefix("HTTP/1.1 101") else { throw TestFailure("not upgraded: \(answer)") }
        if welcome { _ = try await push("welcome") }
    }

    /// Sends a text message as it is.
    public func send(_ text: String) { send(.text, Array(text.utf8)) }

    /// Sends a frame.
    public func send(_ opcode: Opcode, _ payload: [UInt8]) {
        var frame = ByteBuffer(capacity: payload.count + 14)
        FrameEncoder.appendMasked(
            opcode, payload: payload.span, key: UInt32.random(in: 0...UInt32.max), to: &frame)
        connection.send(frame.array())
    }

    /// Sends bytes that may be no frame at all.
    public func sendRaw(_ bytes: [UInt8]) { connection.send(bytes) }

    /// The one reply to a request.
    ///
    /// - Parameter members: The request's members beside type and id, as JSON without braces.
    /// - Throws: ``Refused`` for an `error`.
    @discardableResult
    public func request(_ type: String, _ members: String = "", within seconds: Double = 30) async throws
        -> JSONValue
    {
        let id = state.withLock { state in
            state.next += 1
            return "q\(state.next)"
        }
        let rest = members.isEmpty ? "" : ",\(members)"
        send(#"{"type":"\#(type)","id":"\#(id)"\#(rest)}"#)
        let reply = try await take(within: seconds) { $0["id"]?.string == id }
        if reply["type"]?.string == "error" { throw Refused(reply: reply) }
        return reply
    }

    /// The next push of a type that was not taken yet.
    public func push(
        _ type: String, within seconds: Double = 30,
        where matches: @escaping @Sendable (JSONValue) -> Bool = { _ in true }
    ) async throws -> JSONValue {
        try await take(within: seconds) { $0["type"]?.string == type && matches($0) }
    }

    /// Takes the first message that fits.
    public func take(
        within seconds: Double = 30, _ matches: @escaping @Sendable (JSONValue) -> Bool
    ) async throws -> JSONValue {
        try await connection.receive(within: seconds) { bytes, isEnded in
            self.decode(&bytes)
            return self.state.withLock { state in
                guard let index = state.messages.firstIndex(where: matches) else { return nil as JSONValue? }
                return state.messages.remove(at: index)
            }
        }
    }

    /// Takes all messages that have come.
    public func drain() async throws -> [JSONValue] {
        try await connection.receive { bytes, _ in
            self.decode(&bytes)
            return self.state.withLock { state in
                defer { state.messages = [] }
                return state.messages
            }
        }
    }

    /// All messages that have come and were not taken, in their order.
    public var log: [JSONValue] { state.withLock { $0.messages } }
    /// The payloads of all messages so far.
    public var frames: [String] { state.withLock { $0.frames } }

    /// Waits until the messages that were not taken fulfil a condition.
    public func wait(
        within seconds: Double = 30, until holds: @escaping @Sendable ([JSONValue]) -> Bool
    ) async throws {
        _ = try await connection.receive(within: seconds) { bytes, _ in
            self.decode(&bytes)
            return self.state.withLock { holds($0.messages) ? true : nil }
        }
    }

    /// Waits for the server's close frame.
    ///
    /// - Returns: Its code; 1006 where the connection ended without one.
    public func closeCode(within seconds: Double = 30) async throws -> UInt16 {
        try await connection.receive(within: seconds) { bytes, isEnded in
            self.decode(&bytes)
            return self.state.withLock { $0.closeCode ?? (isEnded ? 1006 : nil) }
        }
    }

    private func decode(_ bytes: inout [UInt8]) {
        state.withLock { state in
            var position = 0
            var span = bytes.mutableSpan
            while let event = try? state.decoder.next(in: &span, at: &position) {
                switch event {
                case .message(_, .input(let range)):
                    TestClient.note([UInt8](span.span.extracting(range)), &state)
                case .message(_, .assembled):
                    TestClient.note([UInt8](state.decoder.assembled), &state)
                case .close(let code, _): state.closeCode = code ?? 1005
                case .ping(let payload):
                    if answersPings { send(.pong, [UInt8](payload.span)) }
                case .pong: break
                }
            }
        }
        bytes.removeAll()
    }

    private static func note(_ payload: [UInt8], _ state: inout State) {
        state.frames.append(String(decoding: payload, as: UTF8.self))
        if let message = try? JSONValue(parsing: payload.span) { state.messages.append(message) }
    }

    /// Reads no more until ``resumeReading()``.
    public func pauseReading() { connection.pauseReading() }

    /// Reads again.
    public func resumeReading() { connection.resumeReading() }

    /// Gone without a word.
    public func cut() { connection.cut() }

    /// Closes in order.
    public func close() { send(.close, [0x03, 0xE8]) }
}
