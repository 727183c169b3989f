/// A mail host that takes mails from us (RFC 5321), and how we are known there.
public struct SMTPServer: Sendable {
    /// `smtp://host:587` or `smtps://host:465`, without a user: those go in ``user`` and ``password``.
    public var url: String
    /// The user, where the host wants one.
    public var user: String?
    /// The user's password.
    public var password: String?
    /// Whether nothing is sent without TLS: by `STARTTLS` with `smtp://`. Without it only this machine's own addresses
    /// are connected to.
    public var needsTLS = true
    /// A PEM file of authorities to trust in place of the system's.
    public var authorityPath: String?
    /// How long everything may take.
    public var timeout: Duration = .seconds(20)

    /// A mail host.
    public init(url: String) { self.url = url }

    /// Whether a text can be such an address: a scheme, a host and perhaps a port, and nothing else.
    public static func isURL(_ text: String) -> Bool {
        let scheme = ["smtp://", "smtps://"].first { text.hasPrefix($0) }
        guard let scheme else { return false }
        let rest = text.dropFirst(scheme.utf8.count)
        let isPlain = rest.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !Array("@/?#\\%".utf8).contains(byte)
        }
        return isPlain && !rest.isEmpty && !rest.hasPrefix(":")
    }
}

/// Why a mail host did not take a mail.
public struct SMTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The host's last reply code, as 550; 0 where there was none.
    public let reply: Int
    /// What went wrong, in libcurl's words, which name no address.
    public let words: String

    /// In words for a log.
    public var description: String { reply > 0 ? "\(words) (reply \(reply))" : words }

    /// Whether it is of no use to try again (RFC 5321 §4.2.1).
    public var isFinal: Bool { (500..<600).contains(reply) }
}
