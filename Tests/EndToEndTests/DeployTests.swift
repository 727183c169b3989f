import Foundation
import JSON
import StoaTesting
import Testing

/// The files of Deploy, as they are but for addresses, with the programs that they are for.
@Suite("Deploy")
struct DeployTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/stoa/stoa.docc/Deploy").standardized

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    private static func program(_ name: String) -> String? {
        ["/usr/sbin/", "/usr/bin/", "/usr/local/sbin/"].map { $0 + name }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    private static func pair(_ settings: [String: String]) async throws -> (ServerProcess, ServerProcess) {
        func one(_ name: String) async throws -> ServerProcess {
            let own = [
                "instance.id": name, "http.trusted_proxies": "127.0.0.1", "drain.window_ms": "10000",
                "metrics.listen": "127.0.0.1:0",
            ]
            return try await ServerProcess(own.merging(settings) { $1 })
        }
        return (try await one("i_one"), try await one("i_two"))
    }

    private static func watchPort(_ server: ServerProcess) throws -> String {
        let line = try #require(server.output.first { $0.hasPrefix("metrics on ") })
        return String(line.split(separator: ":")[2].split(separator: "/")[0])
    }

    /// What a proxy has to do: pass WebSockets on, keep the insides in, and send nobody to a server that goes away.
    private static func check(_ proxy: DeployedProxy, _ one: ServerProcess, _ two: ServerProcess, hidden: Int)
        async throws
    {
        var clients: [String: [TestClient]] = [:]
        for number in 0..<8 {
            let client = try await TestClient(
                port: proxy.port, token: ServerProcess.token("u_\(number)"), welcome: false)
            let welcome = try await client.push("welcome")
            clients[welcome["server"]?["instance"]?.string ?? "", default: []].append(client)
        }
        let leaving = try #require(clients["i_one"])
        let staying = try #require(clients["i_two"])
        for path in ["/metrics", "/health/ready", "/health/live"] {
            #expect(try await one.http("GET", path, proxy: proxy.port).status == hidden)
        }
        one.signal(SIGTERM)
        for client in leaving { _ = try await client.push("reconnect") }
        for number in 0..<40 {
            #expect(try await one.http("GET", "/api/v1/server", proxy: proxy.port).status == 200, "\(number)")
        }
        for client in leaving {
            client.close()
            let again = try await TestClient(
                port: proxy.port, token: ServerProcess.token("u_again"), welcome: false)
            #expect(try await again.push("welcome")["server"]?["instance"]?.string != nil)
            again.close()
        }
        #expect(await one.exitStatus() == 0)
        for client in staying {
            try await client.request("ping")
            client.close()
        }
        await two.stop()
    }

    @Test(
        "nginx passes WebSockets on and tries the other server while one is restarted",
        .enabled(if: program("nginx") != nil))
    func nginx() async throws {
        let (one, two) = try await DeployTests.pair([:])
        let example = try DeployTests.text("nginx.conf")
        let proxy = try await DeployedProxy(
            try #require(DeployTests.program("nginx")), { ["-c", $0, "-g", "daemon off;"] }
        ) { directory, port in
            let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(directory.path)/\($0);"
            }
            let lines = example.replacing("listen 80;", with: "listen 127.0.0.1:\(port);")
                .replacing("    server 127.0.0.1:8080", with: "    server 127.0.0.1:\(one.port)")
                .replacing("    # server 127.0.0.1:8081", with: "    server 127.0.0.1:\(two.port)")
            return """
                pid \(directory.path)/pid; error_log stderr;
                events { worker_connections 256; }
                http { access_log off; \(paths.joined(separator: " "))
                \(lines)
                }
                """
        }
        try await DeployTests.check(proxy, one, two, hidden: 404)
    }

    @Test(
        "HAProxy speaks the PROXY protocol, asks for health, and sends nobody to a server that drains",
        .enabled(if: program("haproxy") != nil))
    func haproxy() async throws {
        let (one, two) = try await DeployTests.pair(["http.proxy_protocol": "true"])
        let example = try DeployTests.text("haproxy.cfg")
        let (first, second) = (try DeployTests.watchPort(one), try DeployTests.watchPort(two))
        let proxy = try await DeployedProxy(
            try #require(DeployTests.program("haproxy")), { ["-db", "-f", $0] }
        ) {
            _, port in
            example.replacing("bind :80\n", with: "bind 127.0.0.1:\(port)\n").replacing(
                "maxconn 100000", with: "maxconn 200"
            )
            .replacing(
                "server one 127.0.0.1:8080 check port 9100",
                with: "server one 127.0.0.1:\(one.port) check port \(first)"
            )
            .replacing(
                "# server two 127.0.0.1:8081 check port 9101",
                with: "server two 127.0.0.1:\(two.port) check port \(second)")
        }
        try await DeployTests.check(proxy, one, two, hidden: 404)
    }

    // MARK: Several servers

    /// Starts a proxy before three servers with an example of several, whose addresses are replaced.
    private static func proxy(
        _ file: String, _ ports: [UInt16], _ watchPorts: [String]
    ) async throws -> DeployedProxy {
        var example = try DeployTests.text("several/" + file)
        for (index, port) in ports.enumerated() {
            example = example.replacing("127.0.0.1:808\(index + 1)", with: "127.0.0.1:\(port)")
        }
        for (index, port) in watchPorts.enumerated() {
            example = example.replacing("check port 910\(index + 1)", with: "check port \(port)")
        }
        let text = example
        let name = file.hasPrefix("nginx") ? "nginx" : "haproxy"
        let isNginx = name == "nginx"
        return try await DeployedProxy(
            try #require(DeployTests.program(name)),
            { isNginx ? ["-c", $0, "-g", "daemon off;"] : ["-db", "-f", $0] }
        ) { directory, port in
            guard isNginx else {
                return text.replacing("bind :80\n", with: "bind 127.0.0.1:\(port)\n")
                    .replacing("maxconn 100000", with: "maxconn 200")
            }
            let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
                "\($0)_temp_path \(directory.path)/\($0);"
            }
            return """
                pid \(directory.path)/pid; error_log stderr;
                events { worker_connections 256; }
                http { access_log off; \(paths.joined(separator: " "))
                \(text.replacing("listen 80;", with: "listen 127.0.0.1:\(port);"))
                }
                """
        }
    }

    @Test(
        "three servers with the example's settings, PostgreSQL and Redis: people talk through either proxy while one restarts and one dies",
        .enabled(if: program("nginx") != nil && program("haproxy") != nil),
        .timeLimit(.minutes(3)), arguments: ["nginx.conf", "haproxy.cfg"])
    func several(file: String) async throws {
        let (postgres, redis) = (try await PostgresProcess(), try await RedisProcess())
        var servers: [ServerProcess] = []
        for number in 1...3 {
            servers.append(
                try await ServerProcess(
                    [
                        "config": DeployTests.folder.appending(path: "several/stoa.toml").path,
                        "instance.id": "i_\(number)", "metrics.listen": "127.0.0.1:0", "loops": "1",
                        "store.postgres": postgres.connection(), "broker.redis": redis.address,
                        "http.proxy_protocol": "\(file.hasPrefix("haproxy"))", "drain.linger_ms": "1500",
                        "drain.window_ms": "4000",
                    ]))
        }
        let proxy = try await DeployTests.proxy(
            file, servers.map(\.port), try servers.map { try DeployTests.watchPort($0) })
        for server in servers {
            try await eventually("it is ready", within: 30) {
                try await server.watch("/health/ready").text.contains(#""ready""#)
            }
        }
        func client(_ user: String) async throws -> (TestClient, String) {
            let client = try await TestClient(
                port: proxy.port, token: ServerProcess.token(user), welcome: false)
            let instance = try await client.push("welcome")["server"]?["instance"]?.string
            return (client, instance ?? "")
        }
        let made = try await Tool.stoa(
            "room", "create", "--name", "Agora", "--data-dir", servers[0].dataDirectory.path)
        let room = try #require(try JSONValue(parsing: Array(made.output.utf8).span)["id"]?.string)
        var people: [(client: TestClient, instance: String)] = []
        for number in 0..<6 {
            try await eventually("HAProxy has found it", within: 20) {
                (try? await client("u_\(number)")).map { people.append($0) } != nil
            }
            try await people[number].client.request("join", #""room":"\#(room)""#)
        }
        #expect(Set(people.map(\.instance)) == ["i_1", "i_2", "i_3"])
        // One goes, one dies: whoever is at the third goes on, and everybody else finds a place.
        servers[0].signal(SIGTERM)
        servers[1].kill()
        for number in 0..<30 {
            let answer = try await servers[2].http("GET", "/api/v1/server", proxy: proxy.port)
            #expect(answer.status == 200, "\(number)")
        }
        let back = try await client("u_back")
        try await back.0.request("join", #""room":"\#(room)""#)
        try await back.0.request("chat_message", #""room":"\#(room)","content":"still here""#)
        let stayer = try #require(people.first { $0.instance == "i_3" })
        #expect(try await stayer.client.push("new_message")["message"]?["content"]?.string == "still here")
        for server in servers { await server.stop() }
    }

    @Test(
        "what one of several answers with 503 nginx asks another one, every time",
        .enabled(if: program("nginx") != nil))
    func refusedBySome() async throws {
        let server = try await ServerProcess(["http.trusted_proxies": "127.0.0.1"])
        let (one, two) = (
            try FixtureServer { _ in .http(503, [:], []) }, try FixtureServer { _ in .http(503, [:], []) }
        )
        let proxy = try await DeployTests.proxy("nginx.conf", [one.port, server.port, two.port], [])
        for number in 0..<20 {
            let answer = try await server.http("GET", "/api/v1/server", proxy: proxy.port)
            #expect(answer.status == 200, "\(number)")
        }
        #expect(!one.requests.isEmpty && !two.requests.isEmpty)
        await server.stop()
    }

    @Test(
        "systemd takes the units", .enabled(if: program("systemd-analyze") != nil),
        arguments: ["stoa.service", "several/stoa@.service"])
    func unit(file: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "stoa-unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let unit = directory.appending(path: file.contains("@") ? "stoa@1.service" : file).path
        try DeployTests.text(file).replacing(
            "/usr/local/bin/stoa", with: ServerProcess.program.path
        )
        .write(toFile: unit, atomically: true, encoding: .utf8)
        let tool = try await Tool.shell("systemd-analyze verify \(unit)")
        #expect(tool.status == 0 && tool.text.isEmpty, "\(tool.text)")
    }

    @Test(
        "every setting that the files of Deploy name is one",
        arguments: [
            "Containerfile", "kubernetes.yaml", "stoa.service", "nginx.conf", "haproxy.cfg",
            "several/stoa@.service",
            "several/nginx.conf", "several/haproxy.cfg",
        ])
    func settings(file: String) async throws {
        let text = try DeployTests.text(file)
        let docs = try await Tool.stoa("config", "docs").output
        let keys = Set(docs.matches(of: /\| `([a-z_.]+)` \|/).map { String($0.output.1) })
        let variables = Set(keys.map { "STOA_" + $0.uppercased().replacing(".", with: "_") })
        for match in text.matches(of: /STOA_[A-Z_]+/) where match.output != "STOA_PORT" {
            #expect(variables.contains(String(match.output)), "\(match.output)")
        }
        for match in text.matches(of: /\b((drain|store|http|websocket|metrics)\.[a-z_]+)\b/) {
            #expect(keys.contains(String(match.output.1)), "\(match.output.1)")
        }
    }
}
