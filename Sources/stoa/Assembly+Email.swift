import Bytes
import HTTP
import Identity
import JSON
import Outbound
import PubSub
import Storage
import Webhooks

extension Assembly {
    /// Signing in by e-mail; nil where no mail goes out.
    ///
    /// - Parameters:
    ///   - rates: What the processes count together; nil where this one serves alone.
    ///   - ownSecrets: What the key of the codes' hashes comes from.
    func emails(
        _ database: any Database, _ signIns: SignInService, _ rates: (any SharedRates)?, ownSecrets: [[UInt8]]
    ) -> EmailParts? {
        guard let delivery = webhookDelivery() ?? smtpDelivery() else { return nil }
        var settings = EmailSignIn.Settings()
        settings.codeMilliseconds = configuration.integer("email.code_ms")
        settings.codesPerAddress = configuration.int("limits.sign_ins")
        let queue = MailQueue(limit: configuration.int("email.queue"), deliver: delivery)
        let people = EmailSignIn(
            database: database, signIns: signIns, queue: queue, key: EmailCode.key(from: ownSecrets[0]),
            settings: settings, rates: rates)
        return EmailParts(people: people, queue: queue)
    }

    /// Signing in by e-mail, and what has to be stopped with the server.
    struct EmailParts: Sendable {
        let people: EmailSignIn
        let queue: MailQueue
    }

    // MARK: By SMTP

    private func smtpDelivery() -> MailQueue.Delivery? {
        guard let url = configuration.optional("email.smtp_url"),
            let sender = MailSender(configuration.text("email.from"))
        else { return nil }
        var server = SMTPServer(url: url)
        server.user = configuration.optional("email.user")
        server.password = configuration.optional("email.password")
        server.needsTLS = configuration.flag("email.tls")
        server.authorityPath = configuration.optional("email.authorities")
        let client = SMTPClient(server)
        let (subject, minutes) = (
            configuration.text("email.subject"), configuration.integer("email.code_ms") / 60_000
        )
        return { mail in
            let message = SMTPMessage(
                from: sender.address.text, name: sender.name, to: mail.address.text, subject: subject,
                text: Assembly.text(of: mail, minutes: max(1, minutes)))
            do throws(SMTPError) {
                try await client.send(message)
                return nil
            } catch {
                return MailFailure("\(error)", isFinal: error.isFinal)
            }
        }
    }

    private static func text(of mail: CodeMail, minutes: Int64) -> String {
        """
        Your code is \(mail.code).

        It is good for \(minutes) \(minutes == 1 ? "minute" : "minutes"), once. Give it to nobody.
        If you have not asked for it, you need do nothing.

        """
    }

    // MARK: By a webhook

    private func webhookDelivery() -> MailQueue.Delivery? {
        guard let url = configuration.optional("email.webhook_url") else { return nil }
        let secret = Array(configuration.text("email.webhook_secret").utf8)
        let client = HTTPClient(authorityPath: configuration.optional("email.authorities"))
        return { mail in
            let request = Assembly.webhook(mail, url: url, secret: secret, now: .now())
            do throws(HTTPClientError) {
                let status = try await client.send(request).status
                guard !(200..<300).contains(status) else { return nil }
                let isFinal = (400..<500).contains(status) && status != 408 && status != 429
                return MailFailure("the webhook answered \(status)", isFinal: isFinal)
            } catch {
                return MailFailure("the webhook: \(error)", isFinal: error == .badURL)
            }
        }
    }

    /// The request that a webhook gets: signed with the time, so that it can tell an old one.
    static func webhook(_ mail: CodeMail, url: String, secret: [UInt8], now: Timestamp) -> HTTPClientRequest {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("type", "email_code")
        writer.field("address", mail.address.text)
        writer.field("code", mail.code)
        writer.field("expires_at", mail.expiresAt.milliseconds)
        writer.endObject()
        let body = [UInt8](writer.span)
        var request = HTTPClientRequest(.post, url)
        WebhookSignature.sign(body, secret: secret, at: now, in: &request.headers)
        request.body = body
        request.bodyLimit = 65_536
        return request
    }
}

/// Who mails come from, as `Stoa <no-reply@example.org>` or the address alone.
struct MailSender {
    let name: String
    let address: EmailAddress

    init?(_ text: String) {
        guard text.hasSuffix(">") else {
            guard let address = EmailAddress(text) else { return nil }
            (name, self.address) = ("", address)
            return
        }
        let parts = text.dropLast().split(separator: "<", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = EmailAddress(String(parts[1])) else { return nil }
        let words = parts[0].split(separator: " ")
        // Of RFC 5322's phrases those without quotes.
        guard !words.isEmpty, words.allSatisfy({ $0.utf8.allSatisfy(MailSender.isWordText) }) else {
            return nil
        }
        (name, self.address) = (words.joined(separator: " "), address)
    }

    private static func isWordText(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || Array("!#$%&'*+-/=?^_`{|}~".utf8).contains(byte)
    }
}
