import Bytes
import JSON
import Notifications
import Storage

/// What somebody is told of their alert.
enum AlertNotice {
    /// The type of the push, which is also what a repeat of it is told by.
    static let event = "alert_triggered"

    /// The notification of an alert that was fired by a value: one for each firing.
    ///
    /// - Parameter portfolio: What the portfolio is called that the alert watches.
    static func draft(
        _ alert: StoredAlert, _ firing: AlertFiring, portfolio: String? = nil
    ) -> NotificationDraft {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("alert", alert.id)
        writer.field("kind", alert.topic.kind)
        let isPortfolio = alert.topic.kind == "portfolio_value"
        writer.field(isPortfolio ? "portfolio" : "symbol", alert.topic.subject)
        writer.field("operator", alert.comparison)
        writer.field("value", alert.value)
        writer.field(alert.topic.kind == "price" ? "price" : "current", firing.value)
        writer.field("at", firing.at.milliseconds)
        writer.field("trigger_count", alert.triggerCount)
        writer.endObject()
        return NotificationDraft(
            NotificationRecord(
                to: alert.person, key: "alert:\(alert.id):\(alert.triggerCount)", kind: "alert",
                title: AlertWords(alert, portfolio: portfolio).happened(firing), body: alert.note,
                data: writer.text()),
            event: event)
    }

    /// Why an alert has ended without its owner's doing.
    enum End: String {
        /// What it watches is gone.
        case deleted
        /// Its owner may not see that any more.
        case revoked
    }

    /// The notification of an alert that has ended.
    ///
    /// - Parameter portfolio: What the portfolio is called, or was.
    static func draft(_ alert: StoredAlert, ended end: End, portfolio: String?) -> NotificationDraft {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("alert", alert.id)
        writer.field("kind", alert.topic.kind)
        writer.field("portfolio", alert.topic.subject)
        writer.field("ended", end.rawValue)
        writer.endObject()
        let words = AlertWords(alert, portfolio: portfolio)
        let why = end == .deleted ? "was deleted" : "is not shared with you any more"
        let wish = "You wanted to know when it \(words.condition)"
        return NotificationDraft(
            NotificationRecord(
                to: alert.person, key: "alert:\(alert.id):ended:\(alert.armedSeq)", kind: "alert",
                title: "\(words.subject) \(why)",
                body: "Your alert on it has ended. \(wish)\(alert.note.isEmpty ? "." : " – \(alert.note)")",
                data: writer.text()))
    }
}
