import JSON
import StoaTesting
import Testing

@Suite("Signing in by e-mail")
struct EmailTests {
    @Test(
        "a code comes by mail, signs in once, and the same address is the same person, however it is written")
    func signIn() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host)
        let asked = try await EmailFlow.ask(server, "Ann@Example.org")
        #expect(asked.status == 202)
        #expect(asked.body.isEmpty)
        let mail = try await host.mail(1)
        #expect(mail.recipients == ["ann@example.org"])
        #expect(mail.json["from"]?.string == "no-reply@stoa.example")
        for line in [
            "From: Stoa <no-reply@stoa.example>\r\n", "To: ann@example.org\r\n",
            "Subject: Your sign-in code\r\n",
            "Auto-Submitted: auto-generated\r\n", "Message-ID: <", " +0000\r\n",
        ] { #expect(mail.text.contains(line), "\(line)") }
        let code = try #require(mail.code)
        #expect(
            try await EmailFlow.verify(server, "ann@example.org", EmailFlow.other(code)).code
                == "code_invalid")
        #expect(try await EmailFlow.verify(server, "bob@example.org", code).code == "code_invalid")
        let first = try await EmailFlow.verify(server, "ANN@example.org", code, #","name":"Ann""#)
        #expect(first.status == 200, "\(first.text)")
        let id = try #require(first.json?["user"]?["id"]?.string)
        #expect(id.hasPrefix("email_"))
        #expect(first.json?["user"]?["name"]?.string == "Ann")
        let token = try #require(first.json?["access_token"]?.string)
        let client = try await TestClient(server, token: token)
        try await client.request("join", #""room":"\#(try await server.room())""#)
        #expect(try await EmailFlow.verify(server, "ann@example.org", code).code == "code_invalid")
        // Again, over a restart.
        #expect(try await EmailFlow.ask(server, "ann@example.org").status == 202)
        let second = try #require(try await host.mail(2).code)
        await server.stop()
        try await server.start()
        let again = try await EmailFlow.verify(server, "ann@example.org", second, #","name":"Other""#)
        #expect(again.json?["user"]?["id"]?.string == id)
        #expect(again.json?["user"]?["name"]?.string == "Ann")
        let renewed = try await server.http(
            "POST", "/api/v1/auth/refresh",
            #"{"refresh_token":"\#(try #require(again.json?["refresh_token"]?.string))"}"#)
        #expect(renewed.status == 200)
        let log = server.log
        for secret in [code, second, "ann@", token] { #expect(!log.contains(secret)) }
        await server.stop()
    }

    @Test("a new code replaces the old; five may be tried in an hour, also after a restart and for new codes")
    func tries() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let old = try #require(try await host.mail(1).code)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let code = try #require(try await host.mail(2).code)
        if old != code {
            #expect(try await EmailFlow.verify(server, "ann@example.org", old).code == "code_invalid")
        }
        await server.stop()
        try await server.start()
        for _ in 0..<(old == code ? 5 : 4) {
            let wrong = EmailFlow.other(code)
            #expect(try await EmailFlow.verify(server, "ann@example.org", wrong).code == "code_invalid")
        }
        // The right one too, and the next one.
        let refused = try await EmailFlow.verify(server, "ann@example.org", code)
        #expect(refused.status == 429 && refused.code == "rate_limited")
        let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
        #expect((3500...3600).contains(wait))
        #expect(refused.headers["ratelimit-policy"] == #""codes";q=5;w=3600"#)
        #expect(refused.headers["ratelimit"] == #""codes";r=0;t=\#(wait)"#)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let next = try #require(try await host.mail(3).code)
        #expect(try await EmailFlow.verify(server, "ann@example.org", next).status == 429)
        // Another address is not kept waiting.
        _ = try await EmailFlow.ask(server, "bob@example.org")
        let bob = try #require(try await host.mail(4).code)
        #expect(try await EmailFlow.verify(server, "bob@example.org", bob).status == 200)
        await server.stop()
    }

    @Test(
        "the operator lifts the lock-out of an address, with a server and without; the record says whose it is"
    )
    func unlock() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host, ["limits.sign_ins": "2"])
        func stoa(_ arguments: String...) async throws -> Tool {
            try await Tool(
                ServerProcess.program.path, arguments + ["--data-dir", server.dataDirectory.path],
                environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        }
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let first = try #require(try await host.mail(1).code)
        let signedIn = try await EmailFlow.verify(server, "ann@example.org", first)
        let ann = try #require(signedIn.json?["user"]?["id"]?.string)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let code = try #require(try await host.mail(2).code)
        #expect(try await EmailFlow.ask(server, "ann@example.org").status == 429)
        for _ in 0..<5 { _ = try await EmailFlow.verify(server, "ann@example.org", EmailFlow.other(code)) }
        #expect(try await EmailFlow.verify(server, "ann@example.org", code).status == 429)
        let lifted = try await stoa("user", "unlock", "Ann@example.org")
        #expect(lifted.status == 0 && lifted.output.contains(ann), "\(lifted.text)")
        #expect(try await EmailFlow.verify(server, "ann@example.org", code).status == 200)
        #expect(try await EmailFlow.ask(server, "ann@example.org").status == 202)
        for (address, words) in [("bob@example.org", "lately"), ("nobody", "address")] {
            let refused = try await stoa("user", "unlock", address)
            #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.text)")
        }
        let path = "/api/v1/emails/unlock"
        let body = #"{"address":"ann@example.org"}"#
        #expect(
            try await server.http("POST", path, body, token: ServerProcess.token("u_eve")).code == "forbidden"
        )
        #expect(try await server.http("POST", path, body).code == "unauthenticated")
        let wrong = EmailFlow.other(try #require(try await host.mail(3).code))
        _ = try await EmailFlow.verify(server, "ann@example.org", wrong)
        await server.stop()
        #expect(try await stoa("user", "unlock", "ann@example.org").status == 0)
        let record = try await stoa("audit", "--action", "email.unlock").output
        let done = try record.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            .filter { $0["outcome"]?.string == "done" }
        #expect(done.map { $0["target"]?.string } == [ann, ann])
        #expect(done.allSatisfy { $0["by"]?.string == "operator" } && !record.contains("@"))
    }

    @Test("a person links further addresses, each of one person; the last way to sign in stays")
    func links() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host)
        func code(_ address: String) async throws -> String {
            let before = host.mails.count
            #expect(try await EmailFlow.ask(server, address).status == 202)
            return try #require(try await host.mail(before + 1).code)
        }
        func signIn(_ address: String) async throws -> (id: String, token: String) {
            let answer = try await EmailFlow.verify(server, address, try await code(address))
            let token = try #require(answer.json?["access_token"]?.string)
            return (try #require(answer.json?["user"]?["id"]?.string), token)
        }
        func act(_ method: String, _ fields: String, _ token: String) async throws -> String {
            let answer = try await server.http(method, "/api/v1/auth/emails", "{\(fields)}", token: token)
            return answer.code ?? "\(answer.status)"
        }
        let ann = try await signIn("ann@example.org")
        let bob = try await signIn("bob@example.org")
        let mine = #""address":"ann@example.org""#
        #expect(try await act("DELETE", mine, ann.token) == "conflict")
        let work = #""address":"Ann@Work.example","code":""#
        let first = try await code("ann@work.example")
        let wrong = EmailFlow.other(first)
        #expect(try await act("POST", work + wrong + "\"", ann.token) == "code_invalid")
        #expect(try await act("POST", work + first + "\"", ann.token) == "200")
        #expect(try await signIn("ann@work.example").id == ann.id)
        let second = try await code("ann@work.example")
        #expect(try await act("POST", work + second + "\"", bob.token) == "conflict")
        let third = try await code("u@example.org")
        let site = ServerProcess.token("u_site")
        #expect(try await act("POST", #""address":"u@example.org","code":"\#(third)""#, site) == "forbidden")
        let listed = try await server.http("GET", "/api/v1/auth/emails", token: ann.token)
        let addresses = listed.json?["emails"]?.array?.compactMap { $0["address"]?.string }
        #expect(addresses == ["ann@example.org", "ann@work.example"])
        #expect(try await act("DELETE", mine, bob.token) == "not_found")
        #expect(try await act("DELETE", mine, ann.token) == "204")
        #expect(try await signIn("ann@example.org").id != ann.id)
        #expect(try await act("GET", "", "x") == "token_invalid")
        await server.stop()
    }

    @Test("of many who send one code at once one gets in")
    func race() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let code = try #require(try await host.mail(1).code)
        let winners = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await EmailFlow.verify(server, "ann@example.org", code).status == 200 ? 1 : 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(winners == 1)
        await server.stop()
    }

    @Test("codes have bounds by mail address and by network; every address is answered alike, known or not")
    func limits() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(
            host, ["limits.sign_ins": "1", "http.trusted_proxies": "127.0.0.1"])
        func ask(_ address: String, from client: String) async throws -> HTTPAnswer {
            try await EmailFlow.ask(server, address, headers: ["X-Forwarded-For": client])
        }
        _ = try await ask("known@example.org", from: "192.0.2.1")
        let code = try #require(try await host.mail(1).code)
        #expect(try await EmailFlow.verify(server, "known@example.org", code).status == 200)
        for address in ["known@example.org", "new@example.org"] {
            var answers: [HTTPAnswer] = []
            for number in 0..<3 { answers.append(try await ask(address, from: "192.0.2.\(number)")) }
            let expected = address.hasPrefix("known") ? [429, 429, 429] : [202, 429, 429]
            #expect(answers.map(\.status) == expected)
            #expect(answers.allSatisfy { $0.status == 429 || $0.body.isEmpty })
            #expect(answers[2].code == "rate_limited" && answers[2].headers["retry-after"] != nil)
        }
        var statuses: [Int] = []
        for number in 0..<11 {
            statuses.append(try await ask("n\(number)@example.org", from: "2001:db8::\(number)").status)
        }
        #expect(statuses == [Int](repeating: 202, count: 10) + [429])
        #expect(try await ask("last@example.org", from: "2001:db8:0:1::").status == 202)
        await server.stop()
    }

    @Test("what is no plain address is refused, and nothing in one makes a further line or recipient")
    func hostile() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(host)
        for address in [
            "ann", "@example.org", "ann@", "ann@localhost", "a@b@example.org",
            "ann@example.org\r\nBcc: eve@example.org",
            "ann@example.org\nX: y", "ann@example.org,eve@example.org", "ann@example.org> <eve@example.org",
            "\"ann\"@example.org", "ann@[127.0.0.1]", "ann@example..org", ".ann@example.org",
            "ann @example.org",
            "änn@example.org", "ann@-example.org", "ann@example.1", "Ann <ann@example.org>",
            String(repeating: "a", count: 65) + "@example.org",
        ] {
            let answer = try await EmailFlow.ask(server, address)
            #expect(answer.code == "invalid_field", "\(address)")
            #expect(answer.json?["field"]?.string == "address")
        }
        for code in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            let answer = try await EmailFlow.verify(server, "ann@example.org", code)
            #expect(answer.code == "invalid_field", "\(code)")
        }
        // A page of another site can make a browser post a form, but no JSON.
        let connection = try await Tool.shell(
            "curl -s -d '{\"address\":\"ann@example.org\"}' \(server.base)/api/v1/auth/email")
        #expect(connection.output.contains("unsupported_media_type"))
        #expect(host.mails.isEmpty)
        await server.stop()
    }
}
