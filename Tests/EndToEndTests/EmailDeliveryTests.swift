import Bytes
import Cryptography
import JSON
import StoaTesting
import Testing

@Suite("Delivery of codes by e-mail")
struct EmailDeliveryTests {
    @Test("mails go over TLS to who the authorities vouch for, with the user's password")
    func secure() async throws {
        let folder = try await CertificateFolder("localhost")
        let files = ["--certificate", folder.certificate("localhost"), "--key", folder.key("localhost")]
        for isImplicit in [false, true] {
            let host = try await MailHost(
                files[0], files[1], files[2], files[3], "--user", "stoa", "--password", "hunter2 hunter2",
                isImplicit ? "--implicit" : "--times=-1")
            let server = try await EmailFlow.server(
                host,
                [
                    "email.smtp_url": "\(isImplicit ? "smtps" : "smtp")://localhost:\(host.port)",
                    "email.tls": "true", "email.authorities": folder.certificate("localhost"),
                    "email.user": "stoa", "email.password": "hunter2 hunter2",
                ])
            _ = try await EmailFlow.ask(server, "ann@example.org")
            let mail = try await host.mail(1)
            #expect(mail.json["tls"]?.bool == true)
            #expect(mail.json["user"]?.string == "stoa")
            #expect(!server.log.contains("hunter2"))
            await server.stop()
        }
    }

    @Test(
        "a mail that the host does not take now is tried again; one that it never takes is given up, without a name"
    )
    func retries() async throws {
        let host = try await MailHost("--reply", "451", "--times", "1")
        let server = try await EmailFlow.server(host)
        _ = try await EmailFlow.ask(server, "ann@example.org")
        #expect(try await host.mail(1).isRefused)
        let mail = try await host.mail(2)
        let code = try #require(mail.code)
        #expect(try await EmailFlow.verify(server, "ann@example.org", code).status == 200)
        #expect(server.log.contains("a mail to example.org waits"))
        await server.stop()

        let strict = try await MailHost("--reply", "550")
        let other = try await EmailFlow.server(strict)
        #expect(try await EmailFlow.ask(other, "nobody@example.org").status == 202)
        try await eventually("it is given up") { other.log.contains("a mail to example.org is given up") }
        #expect(!other.log.contains("nobody"))
        await other.stop()
    }

    @Test("a webhook is posted the code, signed with the time; who is banned gets no tokens")
    func webhook() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let secret = "webhook-secret-0123456789-0123456789"
        let server = try await ServerProcess([
            "email.webhook_url": hook.base + "/codes", "email.webhook_secret": secret, "limits.sign_ins": "0",
        ])
        _ = try await EmailFlow.ask(server, "ann@example.org")
        try await eventually("the webhook is asked") { hook.requests.count == 1 }
        let parts = hook.requests[0].components(separatedBy: "\r\n\r\n")
        func field(_ name: String) -> String? {
            parts[0].components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(name + ":") }
                .map { String($0.drop { $0 != " " }.dropFirst()) }
        }
        let body = try JSONValue(parsing: parts[1])
        #expect(body["type"]?.string == "email_code")
        #expect(body["address"]?.string == "ann@example.org")
        let time = try #require(field("x-stoa-timestamp"))
        let signed = "\(time).\(parts[1])"
        let signature = HMAC.sha256(key: secret.utf8Span.span, message: signed.utf8Span.span)
        #expect(field("x-stoa-signature") == "v1=" + Hex.encode(signature.span))
        let code = try #require(body["code"]?.string)
        let answer = try await EmailFlow.verify(server, "ann@example.org", code)
        #expect(answer.status == 200)
        let id = try #require(answer.json?["user"]?["id"]?.string)
        #expect(try await Tool.stoa("user", "ban", id, "--data-dir", server.dataDirectory.path).status == 0)
        #expect(try await EmailFlow.ask(server, "ann@example.org").status == 202)
        try await eventually("the webhook is asked again") { hook.requests.count == 2 }
        let second = try JSONValue(parsing: hook.requests[1].components(separatedBy: "\r\n\r\n")[1])
        let next = try #require(second["code"]?.string)
        #expect(try await EmailFlow.verify(server, "ann@example.org", next).code == "banned")
        await server.stop()
    }

    @Test(
        "where no mail goes out nobody signs in by e-mail; settings that cannot work are refused at the start"
    )
    func settings() async throws {
        let off = try await ServerProcess()
        #expect(try await EmailFlow.ask(off, "ann@example.org").status == 404)
        await off.stop()
        for (flags, key) in [
            (["--email.smtp-url", "smtp://127.0.0.1:25"], "email.from"),
            (["--email.smtp-url", "http://127.0.0.1", "--email.from", "a@example.org"], "email.smtp_url"),
            (
                ["--email.smtp-url", "smtp://u:p@127.0.0.1", "--email.from", "a@example.org"],
                "email.smtp_url"
            ),
            (
                ["--email.smtp-url", "smtp://127.0.0.1", "--email.from", "x\r\ny <a@example.org>"],
                "email.from"
            ),
            (["--email.webhook-url", "https://a.example"], "email.webhook_secret"),
            (["--email.subject", "a\r\nBcc: b@example.org"], "email.subject"),
        ] {
            let checked = try await Tool(
                ServerProcess.program.path, ["config", "check"] + flags,
                environment: ["STOA_JWT_SECRET": ServerProcess.secret])
            #expect(checked.status == 2)
            #expect(checked.text.contains(key), "\(checked.text)")
        }
    }
}
