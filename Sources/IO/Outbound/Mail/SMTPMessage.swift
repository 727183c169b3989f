public import Bytes
import HTTP

/// A mail of plain text (RFC 5322), as a host takes it.
///
/// The addresses are checked by who calls: they go into the envelope and the head as they are.
public struct SMTPMessage: Sendable {
    /// The sender's address.
    public let sender: String
    /// The sender's name, in ASCII; empty for none.
    public let senderName: String
    /// The recipient's address.
    public let recipient: String
    /// The subject, in ASCII.
    public let subject: String
    /// The text; lines end with a line feed.
    public let text: String
    /// When it is written.
    public let date: Timestamp

    /// A mail.
    public init(
        from sender: String, name senderName: String = "", to recipient: String, subject: String,
        text: String,
        date: Timestamp = .now()
    ) {
        self.sender = sender
        self.senderName = senderName
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.date = date
    }

    /// Head and body.
    ///
    /// - Returns: Nil where a field would become two: an address, a name or the subject breaks the line.
    var encoded: [UInt8]? {
        let fields = [sender, senderName, recipient, subject]
        guard fields.allSatisfy({ $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }) else { return nil }
        let domain = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        let from = senderName.isEmpty ? sender : "\(senderName) <\(sender)>"
        let head = [
            "From: \(from)", "To: \(recipient)", "Subject: \(subject)",
            "Date: \(MailDate.text(date))", "Message-ID: <\(Identifier.uuid(now: date))@\(domain)>",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            // Nobody's vacation notice answers it (RFC 3834 §5).
            "Auto-Submitted: auto-generated",
        ]
        let body = text.split(separator: "\n", omittingEmptySubsequences: false)
        return Array((head + [""] + body.map(String.init)).joined(separator: "\r\n").utf8)
    }
}

/// Dates as mails write them (RFC 5322 §3.3): as HTTP does, but for the zone.
enum MailDate {
    /// A moment in UTC, as `Fri, 21 Nov 2025 07:48:02 +0000`.
    static func text(_ time: Timestamp) -> String { HTTPDate.text(time).dropLast("GMT".count) + "+0000" }
}
