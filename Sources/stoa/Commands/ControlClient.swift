import Glibc
import HTTP

/// A connection to a running server's control socket.
struct ControlClient {
    private let descriptor: CInt

    /// Connects; nil where no server listens there.
    init?(path: String) {
        guard path.utf8.count < 108, !path.isEmpty else { return nil }
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
            for (index, byte) in path.utf8.enumerated() { unsafe target[index] = byte }
        }
        let result = unsafe withUnsafePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// The server of a data directory.
    ///
    /// - Throws: ``StartError`` where none runs.
    static func running(_ configuration: Configuration) throws -> ControlClient {
        let path = Assembly(configuration: configuration).controlPath
        guard let client = ControlClient(path: path) else {
            throw StartError("no server runs on this data directory: nothing listens at \(path)")
        }
        return client
    }

    /// One request; the connection is closed after it.
    func call(
        _ method: HTTPMethod, _ path: String, body: [UInt8], as user: String
    ) throws -> (status: Int, body: [UInt8]) {
        var (status, answer) = (0, [UInt8]())
        try exchange(method, path, body: body, as: user, limit: 64 << 20) {
            status = $0
            answer += $1
            return true
        }
        return (status, answer)
    }

    /// One request whose answer is looked at as it comes; the connection is closed after it.
    ///
    /// - Parameters:
    ///   - limit: How many bytes the answer may have.
    ///   - take: Gets the status and some of the answer's body, and says whether it wants more.
    func exchange(
        _ method: HTTPMethod, _ path: String, body: [UInt8] = [], as user: String = "operator",
        limit: Int = .max, _ take: (Int, ArraySlice<UInt8>) throws -> Bool
    ) throws {
        defer { close(descriptor) }
        var request = Array(
            ("\(method.name) \(path) HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-stoa-user: \(user)\r\n"
                + "content-length: \(body.count)\r\n\r\n").utf8)
        request += body
        let sent = unsafe request.withUnsafeBytes {
            unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
        }
        guard sent == request.count else { throw StartError("the running server does not take the request") }
        try receive(limit, take)
    }

    private func receive(_ limit: Int, _ take: (Int, ArraySlice<UInt8>) throws -> Bool) throws {
        var parser = ResponseParser(limits: HTTPLimits(bodyBytes: limit))
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var rest: [UInt8] = []
        var status = 0
        while true {
            let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            rest += chunk[..<count]
            var position = 0
            while let event = try parser.next(in: rest.span, at: &position) {
                switch event {
                case .head(let head): status = Int(head.status.rawValue)
                case .body(let range): guard try take(status, rest[range]) else { return }
                case .end:
                    _ = try take(status, [])
                    return
                }
            }
            rest.removeFirst(position)
        }
        guard status != 0 else { throw StartError("the running server did not answer") }
        _ = try take(status, [])
    }
}
