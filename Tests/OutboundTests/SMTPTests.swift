import Bytes
import Outbound
import StoaTesting
import Testing

@Suite("Mails over SMTP")
struct SMTPTests {
    private static func message(
        to recipient: String = "ann@example.org", subject: String = "Hello", text: String = "One\nTwo\n",
        at milliseconds: Int64 = 1_772_323_199_000
    ) -> SMTPMessage {
        SMTPMessage(
            from: "bot@stoa.example", name: "Stoa", to: recipient, subject: subject, text: text,
            date: Timestamp(milliseconds: milliseconds))
    }

    private static func error(_ server: SMTPServer, _ message: SMTPMessage = message()) async -> SMTPError? {
        do throws(SMTPError) {
            try await SMTPClient(server).send(message)
            return nil
        } catch {
            return error
        }
    }

    /// A host on this machine that needs no TLS.
    private static func plain(_ host: MailHost) -> SMTPServer {
        var server = SMTPServer(url: "smtp://127.0.0.1:\(host.port)")
        server.needsTLS = false
        return server
    }

    @Test("a mail arrives as it was written, also lines that begin with a full stop; dates are of their day")
    func arrives() async throws {
        let host = try await MailHost()
        let text = "One\n.\n..two\nüñí\n"
        let dates: [(Int64, String)] = [
            (1_772_323_199_000, "Sat, 28 Feb 2026 23:59:59 +0000"),
            (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00 +0000"),
            (1_767_225_599_000, "Wed, 31 Dec 2025 23:59:59 +0000"), (0, "Thu, 01 Jan 1970 00:00:00 +0000"),
        ]
        for (number, (time, line)) in dates.enumerated() {
            let message = SMTPTests.message(text: text, at: time)
            #expect(await SMTPTests.error(SMTPTests.plain(host), message) == nil)
            let mail = try await host.mail(number + 1)
            #expect(mail.text.contains("Date: \(line)\r\n"), "\(mail.text)")
            #expect(mail.text.hasSuffix("\r\n\r\nOne\r\n.\r\n..two\r\nüñí\r\n"))
            #expect(mail.json["from"]?.string == "bot@stoa.example")
            #expect(mail.recipients == ["ann@example.org"])
        }
    }

    @Test("nothing in a field makes another line: such a mail is not sent")
    func injection() async throws {
        let host = try await MailHost()
        for message in [
            SMTPTests.message(to: "ann@example.org\r\nBcc: eve@example.org"),
            SMTPTests.message(to: "ann@example.org>\r\nRCPT TO:<eve@example.org"),
            SMTPTests.message(subject: "Hi\r\nBcc: eve@example.org"), SMTPTests.message(subject: "Hi\nX: y"),
        ] { #expect(await SMTPTests.error(SMTPTests.plain(host), message) != nil) }
        #expect(host.mails.isEmpty)
    }

    @Test(
        "without TLS nothing is sent where it is needed, and only this machine is connected to where it is not"
    )
    func needsTLS() async throws {
        let host = try await MailHost()
        var server = SMTPTests.plain(host)
        server.needsTLS = true
        #expect(await SMTPTests.error(server) != nil)
        #expect(host.mails.isEmpty)
        var remote = SMTPServer(url: "smtp://192.0.2.1:25")
        remote.needsTLS = false
        #expect(
            await SMTPTests.error(remote)?.words == "the host's address may not be connected to without TLS")
    }

    @Test("a host is who the authorities vouch for, by its name", arguments: [true, false])
    func authorities(isImplicit: Bool) async throws {
        let folder = try await CertificateFolder("localhost", "other")
        let host = try await MailHost(
            "--certificate", folder.certificate("localhost"), "--key", folder.key("localhost"),
            isImplicit ? "--implicit" : "--times=-1")
        let scheme = isImplicit ? "smtps" : "smtp"
        var server = SMTPServer(url: "\(scheme)://localhost:\(host.port)")
        for path in [nil, folder.certificate("other")] {
            server.authorityPath = path
            #expect(await SMTPTests.error(server) != nil)
        }
        var numbers = SMTPServer(url: "\(scheme)://127.0.0.1:\(host.port)")
        numbers.authorityPath = folder.certificate("localhost")
        #expect(await SMTPTests.error(numbers) != nil)
        #expect(host.mails.isEmpty)
        server.authorityPath = folder.certificate("localhost")
        #expect(await SMTPTests.error(server) == nil)
        #expect(try await host.mail(1).json["tls"]?.bool == true)
    }

    @Test("a refusal has the host's reply: 5xx is final, 4xx and silence are not; a bad password is told")
    func refusals() async throws {
        let never = try await MailHost("--reply", "550")
        let final = try #require(await SMTPTests.error(SMTPTests.plain(never)))
        #expect(final.reply == 550 && final.isFinal)
        #expect(!"\(final)".contains("ann@"))
        let later = try await MailHost("--reply", "451")
        let temporary = try #require(await SMTPTests.error(SMTPTests.plain(later)))
        #expect(temporary.reply == 451 && !temporary.isFinal)
        let folder = try await CertificateFolder("localhost")
        let strict = try await MailHost(
            "--certificate", folder.certificate("localhost"), "--key", folder.key("localhost"), "--user",
            "stoa", "--password", "right")
        var server = SMTPServer(url: "smtp://localhost:\(strict.port)")
        server.authorityPath = folder.certificate("localhost")
        server.user = "stoa"
        server.password = "wrong"
        #expect(await SMTPTests.error(server)?.isFinal == true)
        let silent = try FixtureServer { _ in .silence }
        defer { silent.close() }
        var gone = SMTPServer(url: "smtp://127.0.0.1:\(silent.port)")
        gone.needsTLS = false
        gone.timeout = .seconds(1)
        let timeout = try #require(await SMTPTests.error(gone))
        #expect(!timeout.isFinal)
    }

    @Test("an address of a host is a scheme, a host and perhaps a port")
    func urls() {
        for text in ["smtp://a.example", "smtps://a.example:465", "smtp://[::1]:25"] {
            #expect(SMTPServer.isURL(text))
        }
        for text in [
            "", "a.example", "http://a.example", "smtp://", "smtp://u:p@a.example", "smtp://a.example/x",
            "smtp://a b", "smtp://a?b", "smtp://:25", "file:///etc/passwd",
        ] { #expect(!SMTPServer.isURL(text), "\(text)") }
    }
}
