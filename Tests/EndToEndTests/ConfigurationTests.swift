import Foundation
import StoaTesting
import Testing

@Suite("Checking the configuration")
struct ConfigurationTests {
    /// A setting that no server can run with, and what is said of it.
    struct Fault: Sendable, CustomTestStringConvertible {
        let setting: String
        let value: String
        let words: [String]

        var testDescription: String { "\(setting) \(value)" }

        init(_ setting: String, _ value: String, _ words: String...) {
            self.setting = setting
            self.value = value
            self.words = words
        }
    }

    private static let faults = [
        Fault("host", "localhost", "address"),
        Fault("unix_socket", "/tmp/" + String(repeating: "x", count: 120), "107 bytes"),
        Fault("data_dir", "", "directory"),
        Fault("instance.id", "", "1 to 64 bytes"),
        Fault("http.trusted_proxies", "10.0.0.0/8,10.0.0.0/40", "10.0.0.0/40"),
        Fault("http.origins", "https://a.org,https://b.org/", "https://b.org/"),
        Fault("topics.rings", "topic:a*=5,lobby=5", "lobby=5"),
        Fault("topics.rings", "topic:a*b=5", "topic:a*b=5"),
        Fault("jwt.secret", "short", "32 bytes"),
        Fault("wallet.origins", "https://a.org,https://b.org/", "https://b.org/"),
        Fault("wallet.origins", "https://a.org,http://b.org", "http://b.org", "https"),
        Fault("solana.rpc", "https://a.org,http://10.0.0.7:8899", "https"),
        Fault("solana.rpc", "https://a.org,a.org", "begin with"),
        Fault("xrpl.rpc", "http://127.0.0.1.example.org", "https"),
        Fault("wallet.statement", "say \"yes\"", "quotes"),
        Fault("wallet.resources", "https://a.org,terms", "terms"),
        Fault("wallet.solana_network", "mainnet-beta", "mainnet-beta"),
        Fault("wallet.xrpl_network", "0", "0"),
        Fault("tls.certificate", "/nowhere.pem", "tls.key"),
        Fault("prices.primary_ids", "BTC-USD=bitcoin", "prices.primary beside"),
        Fault("prices.primary_ids", "BTC-USD=a&b", "each symbol once"),
        Fault("prices.primary_ids", "A=x,A=y", "each symbol once"),
        Fault("prices.secondary", "coingecko", "prices.primary beside"),
        Fault("prices.primary_url", "http://prices.example.org", "https"),
        Fault("prices.secondary_url", "prices.example.org", "begins with"),
        Fault("prices.currency", "us dollar", "currency"),
    ]

    @Test(
        "`config check` refuses what `serve` refuses, in the same words and with status 2", arguments: faults)
    func sameRefusals(fault: Fault) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stoa-check-\(UUID().uuidString)")
        let setting = ["--\(fault.setting)", fault.value]
        let rest = fault.setting == "data_dir" ? [] : ["--data-dir", folder.path]
        let secret = ["STOA_JWT_SECRET": ServerProcess.secret]
        let program = ServerProcess.program.path
        let check = try await Tool(program, ["config", "check"] + setting + rest, environment: secret)
        let serve = try await Tool(program, ["serve", "--port", "0"] + setting + rest, environment: secret)
        for tool in [check, serve] {
            #expect(tool.status == 2, "\(tool.text)")
            for word in [fault.setting] + fault.words { #expect(tool.errors.contains(word), "\(tool.text)") }
        }
        #expect(check.errors == serve.errors)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test("all that is wrong is told at once, a key that stands twice in a file too")
    func allAtOnce() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "stoa-\(UUID().uuidString).toml")
        try "port = 1\nport = 2\nnonsense\n[limits]\nchanels = 3\n".write(
            to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let tool = try await Tool.stoa(
            "config", "check", "--config", file.path, "--host", "localhost", "--loops", "x", "--frob", "3",
            environment: ["STOA_NONSENSE": "1"])
        #expect(tool.status == 2)
        let lines = tool.errors.split(separator: "\n")
        for words in [
            ["port", "line 2", "line 1"], ["line 3"], ["limits.chanels", "line 5"], ["host", "--host"],
            ["loops", "--loops"], ["--frob"], ["STOA_NONSENSE"],
        ] {
            let count = lines.count { line in words.allSatisfy { line.contains($0) } }
            #expect(count == 1, "\(words): \(tool.errors)")
        }
        #expect(lines.count == 7, "\(tool.errors)")
    }

    @Test("a certificate that cannot be used is told with the reason in words")
    func certificates() async throws {
        let folder = try await CertificateFolder("a.test", "b.test")
        let (a, b) = (folder.certificate("a.test"), folder.certificate("b.test"))
        let (keyA, keyB) = (folder.key("a.test"), folder.key("b.test"))
        let encrypted = "\(folder.directory.path)/encrypted.pem"
        let made = try await Tool.shell(
            "openssl pkey -in '\(keyA)' -aes256 -passout pass:secret -out '\(encrypted)'")
        #expect(made.status == 0, "\(made.text)")
        for (certificate, key, words) in [
            ("\(folder.directory.path)/none.pem", keyA, ["none.pem", "No such file"]),
            (keyA, keyA, [keyA, "no such PEM block"]), (a, b, [b, "no key in it"]),
            (a, keyB, ["does not belong to"]), (a, encrypted, ["encrypted"]),
        ] {
            let tool = try await Tool.stoa(
                "config", "check", "--tls.certificate", certificate, "--tls.key", key)
            #expect(tool.status == 2)
            for word in words { #expect(tool.errors.contains(word), "\(tool.errors)") }
        }
        let good = try await Tool.stoa("config", "check", "--tls.certificate", a, "--tls.key", keyA)
        #expect(good.status == 0, "\(good.text)")
    }

    @Test("a file with the line ends of Windows says the same: its comments end with their line")
    func windowsLines() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "stoa-\(UUID().uuidString).toml")
        try Data("# mine\r\nport = 8123\r\n[limits]\r\nconnections = 7\r\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let shown = try await Tool.stoa("config", "show", "--config", file.path)
        #expect(shown.status == 0, "\(shown.text)")
        for value in ["8123", "line 2", "line 4"] { #expect(shown.output.contains(value), "\(shown.text)") }
    }

    @Test("`config show` needs no secret, nor does it tell one")
    func show() async throws {
        let program = ServerProcess.program.path
        let bare = try await Tool(program, ["config", "show"])
        #expect(bare.status == 0, "\(bare.text)")
        #expect(bare.output.contains(#"jwt.secret = """#))
        #expect(try await Tool(program, ["config", "check"]).status == 2)
        let shown = try await Tool.stoa("config", "show")
        #expect(!shown.output.contains(ServerProcess.secret))
    }

    @Test(
        "`config show` tells no password that stands in an address",
        arguments: [
            (
                "webhooks.url", "https://ann:hunter2@hooks.example/x?y=1",
                "https://ann:(hidden)@hooks.example/x?y=1"
            ),
            ("jwt.jwks_url", "https://ann:hunter2@keys.example", "https://ann:(hidden)@keys.example"),
            ("email.smtp_url", "smtp://mail.example:587", "smtp://mail.example:587"),
            ("broker.redis", "redis://ann:hunter2@h:6379", "(hidden)"),
            ("store.postgres", "postgres://ann:hunter2@h/stoa", "(hidden)"),
        ])
    func passwordsInAddresses(key: String, value: String, shown: String) async throws {
        let tool = try await Tool.stoa("config", "show", "--\(key)", value)
        #expect(!tool.text.contains("hunter2"))
        let line = tool.output.split(separator: "\n").first { $0.hasPrefix("\(key) = ") }
        #expect(line?.contains(shown) == true, "\(tool.text)")
    }

    @Test("what works and is a mistake more often than not is a warning, at the check and in the log")
    func warnings() async throws {
        let settings = [
            "webhooks.url": "https://hooks.example/x", "webhooks.secret": ServerProcess.secret,
        ]
        let flags = settings.flatMap { ["--\($0.key)", $0.value] }
        let check = try await Tool(
            ServerProcess.program.path, ["config", "check"] + flags,
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        #expect(
            check.status == 0 && check.errors.contains("warning: webhooks.url without webhooks.events"),
            "\(check.text)")
        let server = try await ServerProcess(settings)
        #expect(server.log.contains("webhooks.url without webhooks.events"))
        await server.stop()
    }

    @Test("`config check --connect` asks each Redis, and webhooks' address without telling it anything")
    func connect() async throws {
        let redis = try await RedisProcess()
        let port = try FixtureServer.freePort()
        func check(_ flags: [String]) async throws -> Tool {
            try await Tool(
                ServerProcess.program.path, ["config", "check", "--connect"] + flags,
                environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        }
        let hook = try FixtureServer { _ in .http(405, [:], []) }
        let webhooks = ["--webhooks.url", hook.base + "/x", "--webhooks.secret", ServerProcess.secret]
        let good = try await check(["--broker.redis", redis.address] + webhooks)
        #expect(good.status == 0 && good.output.contains("with all rights that are needed"), "\(good.text)")
        #expect(good.output.contains("no event was sent"), "\(good.text)")
        #expect(hook.requests.allSatisfy { $0.hasPrefix("HEAD /x ") })
        let nowhere = "http://127.0.0.1:\(port)/x"
        let bad = try await check([
            "--broker.redis", "\(redis.address),redis://127.0.0.1:\(port)", "--webhooks.url", nowhere,
            "--webhooks.secret", ServerProcess.secret,
        ])
        #expect(bad.status == 1 && !bad.output.contains("is good"), "\(bad.text)")
        #expect(bad.errors.contains("127.0.0.1:\(port): Connection refused"), "\(bad.text)")
        #expect(bad.errors.contains("webhooks.url (\(nowhere))"), "\(bad.text)")
    }

    @Test("a command line that makes no sense ends with status 2")
    func usage() async throws {
        for arguments in [
            ["room", "frob"], ["room", "show"], ["token"], ["room", "list", "--limit", "many"],
        ] {
            let tool = try await Tool(ServerProcess.program.path, arguments)
            #expect(tool.status == 2, "\(arguments): \(tool.text)")
            #expect(tool.errors.contains("Usage:"))
        }
        #expect(try await Tool.stoa("--help").status == 0)
        #expect(try await Tool.stoa("--version").status == 0)
    }
}
