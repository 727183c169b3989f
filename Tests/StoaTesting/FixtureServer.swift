import Foundation
import Glibc
import Synchronization

/// A small HTTP server that answers as a test says: for what the server asks of others.
public final class FixtureServer: Sendable {
    /// What an answer is.
    public enum Answer: Sendable {
        /// A status, fields and a body.
        case http(Int, [String: String] = [:], [UInt8])
        /// Bytes as they are, and then the end.
        case bytes([UInt8])
        /// Nothing, until the client gives up.
        case silence
    }

    private struct State {
        var answer: @Sendable (String) -> Answer
        var requests: [String] = []
        var isOpen = true
        var held: [Int32] = []
    }

    private let listener: LoopbackListener
    private let state: Mutex<State>

    /// Listens on a free port of this machine.
    ///
    /// - Parameter answer: What a request's head and body are answered with.
    public init(_ answer: @escaping @Sendable (String) -> Answer) throws {
        state = Mutex(State(answer: answer))
        listener = try LoopbackListener()
        listener.accept { [self] in serve($0) }
    }

    /// A port that was free a moment ago, for programs that cannot ask the kernel themselves.
    public static func freePort() throws -> UInt16 {
        let listener = try FixtureServer { _ in .silence }
        defer { listener.close() }
        return listener.port
    }

    public var port: UInt16 { listener.port }
    /// `http://127.0.0.1:port`.
    public var base: String { "http://127.0.0.1:\(port)" }
    /// Heads and bodies of the requests so far.
    public var requests: [String] { state.withLock { $0.requests } }

    /// Answers otherwise from now on.
    public func answers(_ answer: @escaping @Sendable (String) -> Answer) {
        state.withLock { $0.answer = answer }
    }

    /// Ends it: its port refuses connections, and its thread, which keeps it, ends.
    public func close() {
        let held = state.withLock { state in
            state.isOpen = false
            let held = state.held
            state.held = []
            return held
        }
        for descriptor in held { Glibc.close(descriptor) }
        listener.close()
    }

    private func serve(_ descriptor: Int32) {
        let request = FixtureServer.read(descriptor)
        let answer = state.withLock { state in
            state.requests.append(request)
            return state.answer
        }
        switch answer(request) {
        case .http(let status, let fields, let body):
            let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
            let head = "HTTP/1.1 \(status) X\r\nContent-Length: \(body.count)\r\nConnection: close\r\n"
            FixtureServer.write(Array((head + lines + "\r\n").utf8) + body, to: descriptor)
        case .bytes(let bytes): FixtureServer.write(bytes, to: descriptor)
        case .silence:
            let isKept = state.withLock { state in
                if state.isOpen { state.held.append(descriptor) }
                return state.isOpen
            }
            if isKept { return }
        }
        Glibc.close(descriptor)
    }

    private static func read(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let length = text.components(separatedBy: "\r\n").first {
                    $0.lowercased().hasPrefix("content-length:")
                }
                let wanted =
                    length.flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                if text[end.upperBound...].utf8.count >= wanted { return text }
            }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return text }
            bytes += chunk[..<count]
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}
