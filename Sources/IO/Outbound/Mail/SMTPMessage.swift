public import Bytes

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

/// Dates as mails write them (RFC 5322 §3.3).
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A moment in UTC, as `Fri, 21 Nov 2025 07:48:02 +0000`.
    static func text(_ time: Timestamp) -> String {
        let seconds = time.milliseconds / 1000
        let day = seconds / 86_400
        let (year, month, dayOfMonth) = civil(day)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
        return "\(days[Int(day % 7)]), \(two(dayOfMonth)) \(months[Int(month - 1)]) \(year) \(clock) +0000"
    }

    /// The date of a day since 1970, in the calendar of Gregory: eras of 400 years begin in March.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * fromMarch + 2) / 5 + 1
        )
    }
}
