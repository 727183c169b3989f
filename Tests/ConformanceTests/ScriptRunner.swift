import Bytes
import JSON
import StoaTesting
import WebSocket

/// Runs one script of `vectors/sessions` or `vectors/http` against a server of its own.
final class ScriptRunner {
    private let server: ServerProcess
    private let script: JSONValue
    private let schemas: SchemaStore
    private var captures = Captures()
    /// Service keys of back ends, by the names that steps call them.
    private var keys: [String: String] = [:]
    private var clients: [String: TestClient] = [:]
    /// What came over the connections that a client has given up.
    private var earlier: [String] = []
    /// What is wrong with the messages of both sides by their schemas.
    private(set) var faults: [String] = []

    init(_ script: JSONValue) async throws {
        self.script = script
        schemas = try SchemaStore()
        var settings: [String: String] = ["loops": "1"]
        for member in script["settings"]?.object ?? [] {
            settings[member.name] = member.value.string ?? member.value.text
        }
        server = try await ServerProcess(settings)
        for member in script["keys"]?.object ?? [] {
            let scopes = (member.value.array ?? []).compactMap(\.string).flatMap { ["--scope", $0] }
            let made = try await Tool(
                ServerProcess.program.path,
                ["key", "create", "--name", member.name, "--data-dir", server.dataDirectory.path] + scopes,
                environment: ["STOA_JWT_SECRET": ServerProcess.secret])
            keys[member.name] = try JSONValue(parsing: made.output)["key"]?.string
        }
    }

    /// Runs all steps, then checks all that came against the schemas.
    func run() async throws {
        for (index, step) in (script["steps"]?.array ?? []).enumerated() {
            do {
                try await run(step)
            } catch {
                throw TestFailure("step \(index + 1), \(step.text.prefix(300)): \(error)")
            }
        }
        for frame in earlier + clients.values.flatMap(\.frames) { check(frame) }
        server.kill()
    }

    private func check(_ frame: String) {
        guard let message = try? JSONValue(parsing: frame) else { return faults.append("no JSON: \(frame)") }
        for fault in schemas.faults(message, side: "server", isClosed: true) {
            faults.append("\(fault) in \(frame.prefix(400))")
        }
    }

    private func token(_ name: String) -> String {
        if let key = keys[name] { return key }
        let claims = script["tokens"]?[name]
        func list(_ key: String) -> [String] {
            claims?["channels"]?[key]?.array?.compactMap(\.string) ?? []
        }
        return ServerProcess.token(
            claims?["sub"]?.string ?? "u_\(name)", name: claims?["name"]?.string ?? name.capitalized,
            seconds: claims?["expires_in_s"]?.integer ?? 3600, subscribe: list("subscribe"),
            publish: list("publish"), bot: claims?["bot"]?.bool ?? false,
            metrics: claims?["metrics"]?.bool ?? false)
    }

    /// A step's member with its placeholders filled in; `${token:ann}` is ann's token, `${bearer:ann}` its base64url.
    private func filled(_ value: JSONValue) throws -> JSONValue {
        for match in value.text.matches(of: /\$\{((token|bearer):([a-z0-9_]+))\}/) {
            let token = token(String(match.output.3))
            let isPlain = match.output.2 == "token"
            captures[String(match.output.1)] = .string(
                isPlain ? token : Base64.encodeURL(token.utf8Span.span))
        }
        return try captures.filled(value)
    }

    private func run(_ step: JSONValue) async throws {
        if let request = step["http"]?.string { return try await http(request, step) }
        if step["server"]?.string == "stop" { return server.signal(15) }
        guard let name = step["client"]?.string else { throw TestFailure("a step without a client") }
        if let path = step["connect"] { return try await connect(name, path, step) }
        guard let client = clients[name] else { throw TestFailure("\(name) is not connected") }
        if let message = step["send"] { return try send(message, over: client, step) }
        if let text = step["send_text"] {
            client.send(try filled(text).string ?? "")
        } else if let hex = step["send_binary"]?.string {
            client.send(.binary, hex.utf8.map { $0 })
        } else if let text = step["send_ping"]?.string {
            for _ in 0..<(step["times"]?.integer ?? 1) { client.send(.ping, Array(text.utf8)) }
        } else if let pattern = step["expect"] {
            try await expect(pattern.array ?? [pattern], from: client)
        } else if let pattern = step["never"] {
            let pattern = try captures.filled(pattern)
            if let found = client.log.first(where: { captures.fits($0, pattern) }) {
                throw TestFailure("it came: \(found.text)")
            }
        } else if let code = step["closed"]?.integer {
            let actual = try await client.closeCode(within: 30)
            guard Int64(actual) == code else { throw TestFailure("closed with \(actual)") }
        } else if step["close"] != nil {
            client.close()
            _ = try await client.closeCode(within: 30)
        } else if step["cut"] != nil {
            client.cut()
        } else {
            throw TestFailure("no such step")
        }
    }

    private func connect(_ name: String, _ path: JSONValue, _ step: JSONValue) async throws {
        if let old = clients[name] { earlier += old.frames }
        let person = step["as"]?.string ?? name
        var headers = ""
        for member in step["headers"]?.object ?? [] {
            headers += "\(member.name): \(try filled(member.value).string ?? "")\r\n"
        }
        clients[name] = try await TestClient(
            server, token: step["token"]?.string == "none" ? nil : token(person),
            path: try filled(path).string ?? "/ws", welcome: false, headers: headers,
            answersPings: step["silent"]?.bool != true)
    }

    private func send(_ message: JSONValue, over client: TestClient, _ step: JSONValue) throws {
        let message = try filled(message)
        let found = schemas.faults(message, side: "client", isClosed: true)
        if step["invalid"]?.bool == true {
            if found.isEmpty { faults.append("a schema accepts \(message.text)") }
        } else {
            faults += found.map { "\($0) in \(message.text)" }
        }
        client.send(message.text)
    }

    /// Takes the messages that fit the patterns, in this order, from those that were not taken yet.
    private func expect(_ patterns: [JSONValue], from client: TestClient) async throws {
        let filled = patterns.map { partlyFilled($0) }
        let known = captures
        do {
            try await client.wait(within: 30) { ScriptRunner.find(filled, in: $0, known) != nil }
        } catch {
            let log = client.log.map { String($0.text.prefix(600)) }.joined(separator: "\n  ")
            throw TestFailure("\(error)\n  not among:\n  \(log)")
        }
        guard let found = ScriptRunner.find(filled, in: client.log, known) else { return }
        captures = found.captures
        for message in found.messages { _ = try await client.take { $0 == message } }
    }

    /// Placeholders of this very step stay until their capture is there.
    private func partlyFilled(_ pattern: JSONValue) -> JSONValue { (try? filled(pattern)) ?? pattern }

    private static func find(
        _ patterns: [JSONValue], in log: [JSONValue], _ known: Captures
    ) -> (messages: [JSONValue], captures: Captures)? {
        var captures = known
        var rest = log[...]
        var messages: [JSONValue] = []
        for pattern in patterns {
            let pattern = (try? captures.filled(pattern)) ?? pattern
            guard let index = rest.firstIndex(where: { captures.fits($0, pattern) }) else { return nil }
            _ = captures.match(rest[index], pattern)
            messages.append(rest[index])
            rest = rest[(index + 1)...]
        }
        return (messages, captures)
    }

    // MARK: HTTP

    private func http(_ request: String, _ step: JSONValue) async throws {
        let words = try captures.filled(request).split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { throw TestFailure("no request: \(request)") }
        var headers: [String: String] = [:]
        for member in step["headers"]?.object ?? [] { headers[member.name] = try filled(member.value).string }
        let body = try step["body_text"]?.string ?? step["body"].map { try filled($0).text }
        let answer = try await server.http(
            words[0], words[1], body, token: step["as"]?.string.map(token), headers: headers)
        let expected = step["expect"]
        guard Int64(answer.status) == expected?["status"]?.integer else {
            throw TestFailure("answered \(answer.status) \(answer.text.prefix(500))")
        }
        for member in expected?["headers"]?.object ?? [] {
            let value = answer.headers[member.name].map { JSONValue.string($0) }
            guard captures.match(value, try captures.filled(member.value)) else {
                throw TestFailure("\(member.name) is \(value?.text ?? "absent")")
            }
        }
        if let pattern = expected?["body"] {
            guard captures.match(answer.json, try filled(pattern)) else {
                throw TestFailure("the body is \(answer.text.prefix(2000))")
            }
        }
        try checkBody(answer, expected)
    }

    private func checkBody(_ answer: HTTPAnswer, _ expected: JSONValue?) throws {
        let isProblem = answer.headers["content-type"]?.hasPrefix("application/problem+json") ?? false
        guard isProblem || expected?["schema"] != nil else { return }
        let definition = isProblem ? "problem" : expected?["schema"]?.string ?? ""
        guard let json = answer.json else { throw TestFailure("no JSON: \(answer.text)") }
        faults += schemas.faults(json, definition: definition).map { "\($0) in \(answer.text.prefix(400))" }
    }
}
