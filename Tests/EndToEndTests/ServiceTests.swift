import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Whoever starts it")
struct ServiceTests {
    /// The socket that systemd would listen on, with what was told there.
    private final class Manager: Sendable {
        let path: String
        private let descriptor: Int32

        init() throws {
            path = "/tmp/stoa-notify-\(UUID().uuidString.prefix(8))"
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
            }
            guard bound == 0 else { throw TestFailure("no socket at \(path)") }
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// What has been told since the last time.
        func heard() -> [String] {
            var all: [String] = []
            var chunk = [UInt8](repeating: 0, count: 512)
            while true {
                let count = recv(descriptor, &chunk, chunk.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return all }
                all.append(String(decoding: chunk[..<count], as: UTF8.self))
            }
        }
    }

    @Test("systemd hears that it is ready, that its loops turn, and that it stops (sd_notify)")
    func notify() async throws {
        let manager = try Manager()
        let server = try await ServerProcess(environment: [
            "NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "150000",
        ])
        var heard: [String] = []
        try await eventually("it is ready, and lives") {
            heard += manager.heard()
            return heard.filter { $0 == "WATCHDOG=1" }.count > 2
        }
        #expect(heard.first?.hasPrefix("READY=1\nMAINPID=\(server.processID)") == true, "\(heard)")
        #expect(try await server.http("GET", "/health/live").status == 200)
        await server.stop()
        #expect(manager.heard().contains("STOPPING=1"))
    }

    @Test(
        "what Kubernetes sets for a service called stoa is passed over in one line; other variables are not")
    func serviceLinks() async throws {
        let links = [
            "STOA_PORT": "tcp://10.96.0.7:80", "STOA_SERVICE_HOST": "10.96.0.7", "STOA_SERVICE_PORT": "80",
            "STOA_SERVICE_PORT_HTTP": "80", "STOA_PORT_80_TCP": "tcp://10.96.0.7:80",
            "STOA_PORT_80_TCP_PROTO": "tcp", "STOA_PORT_80_TCP_PORT": "80",
            "STOA_PORT_80_TCP_ADDR": "10.96.0.7",
            "STOA_METRICS_PORT": "tcp://10.96.0.8:9100", "STOA_METRICS_SERVICE_HOST": "10.96.0.8",
        ]
        let server = try await ServerProcess(environment: links)
        let lines = server.log.split(separator: "\n").filter { $0.contains("Kubernetes") }
        #expect(lines.count == 1)
        for name in links.keys { #expect(lines.first?.contains(name) == true) }
        await server.stop()
        let data = server.dataDirectory.path
        for (name, value) in [("STOA_PORT", "10.96.0.7:80"), ("STOA_PORT_TCP", "80"), ("STOA_SERVICES", "1")]
        {
            let tool = try await Tool.stoa(
                "config", "check", "--data-dir", data, environment: [name: value])
            #expect(
                tool.status == 2 && tool.errors.contains(name == "STOA_PORT" ? "port" : name), "\(tool.text)")
        }
    }
}
