import Bytes
import Cryptography
import Foundation
import Glibc
import JSON
import Synchronization
import WebSocket

/// A source of prices as Binance's and Coinbase's public WebSockets are, with faults.
public final class TickerFixture: Sendable {
    private struct State {
        var connections: [Int32] = []
        var opened = 0
        var requests: [String] = []
        /// What each subscription is answered with.
        var greetings: [String] = []
    }

    private let listener: LoopbackListener
    private let state = Mutex(State())

    /// Listens on a free port of this machine.
    public init() throws {
        listener = try LoopbackListener()
        listener.accept { [self] in serve($0) }
    }

    public var port: UInt16 { listener.port }
    public var base: String { "ws://127.0.0.1:\(port)/" }
    /// Text messages of the clients so far.
    public var requests: [String] { state.withLock { $0.requests } }
    /// Connections at the moment.
    public var open: Int { state.withLock { $0.connections.count } }
    /// Connections so far.
    public var opened: Int { state.withLock { $0.opened } }

    /// Sets what subscriptions are answered with.
    public func greet(_ messages: [String]) { state.withLock { $0.greetings = messages } }

    /// Sends a text message to all who are connected.
    public func send(_ text: String) {
        state.withLock { state in
            for descriptor in state.connections { TickerFixture.send(text, to: descriptor) }
        }
    }

    /// Cuts all connections.
    public func cut() {
        state.withLock { state in
            for descriptor in state.connections { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Ends it.
    public func close() {
        cut()
        listener.close()
    }

    private func serve(_ descriptor: Int32) {
        defer {
            state.withLock { $0.connections.removeAll { $0 == descriptor } }
            Glibc.close(descriptor)
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var head = ""
        while !head.contains("\r\n\r\n") {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            head += String(decoding: chunk[..<count], as: UTF8.self)
        }
        let lines = head.components(separatedBy: "\r\n")
        let field = lines.first { $0.lowercased().hasPrefix("sec-websocket-key:") } ?? ""
        let key = field.dropFirst("sec-websocket-key:".count).trimmingCharacters(in: .whitespaces)
        let answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(TickerFixture.accept(key))\r\n\r\n"
        TickerFixture.write(Array(answer.utf8), to: descriptor)
        state.withLock { state in
            state.connections.append(descriptor)
            state.opened += 1
        }
        var decoder = MessageDecoder(role: .server, limits: WebSocketLimits(), deflate: nil)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            var bytes = Array(chunk[..<count])
            var span = bytes.mutableSpan
            var position = 0
            while let event = try? decoder.next(in: &span, at: &position) {
                guard case .message(_, .input(let range)) = event else { continue }
                note(String(decoding: [UInt8](span.span.extracting(range)), as: UTF8.self), descriptor)
            }
        }
    }

    /// RFC 6455 §4.2.2.
    private static func accept(_ key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Base64.encode(Digest.sha1(text.utf8Span.span).span)
    }

    private func note(_ text: String, _ descriptor: Int32) {
        state.withLock { state in
            state.requests.append(text)
            for greeting in state.greetings { TickerFixture.send(greeting, to: descriptor) }
        }
    }

    private static func send(_ text: String, to descriptor: Int32) {
        var frame = ByteBuffer(capacity: text.utf8.count + 14)
        FrameEncoder.append(.text, payload: text.utf8Span.span, to: &frame)
        write(frame.array(), to: descriptor)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        _ = bytes.withUnsafeBytes {
            Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }
}
