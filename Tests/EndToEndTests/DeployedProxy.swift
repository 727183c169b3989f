import Foundation
import StoaTesting

/// A proxy's process and where it listens.
final class DeployedProxy: Sendable {
    let port: UInt16
    private let directory: URL
    private let process: ChildProcess

    /// Starts `program` with what `configuration` makes of its directory and port.
    init(
        _ program: String, _ arguments: (String) -> [String], _ configuration: (URL, UInt16) -> String
    ) async throws {
        directory = FileManager.default.temporaryDirectory.appending(
            path: "stoa-proxy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        port = try DeployedProxy.freePort()
        let file = directory.appending(path: "proxy.conf").path
        try configuration(directory, port).write(toFile: file, atomically: true, encoding: .utf8)
        let log = open(directory.appending(path: "log").path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(log) }
        process = try ChildProcess(program, arguments(file), [:], output: log, errors: log)
        let port = port
        do {
            try await eventually("the proxy listens") { (try? RawConnection(port: port)) != nil }
        } catch {
            let words = try? String(contentsOf: directory.appending(path: "log"), encoding: .utf8)
            throw TestFailure("\(error): \(words ?? "")")
        }
    }

    deinit {
        process.kill()
        try? FileManager.default.removeItem(at: directory)
    }

    /// These programs cannot say which port the kernel gave them.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 ? getsockname(descriptor, $0, &size) : -1
            }
        }
        guard result == 0 else { throw TestFailure("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
