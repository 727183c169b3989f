import Bytes
import JSON
import Notifications
import Storage

/// What somebody is told of their alert.
enum AlertNotice {
    /// The type of the push, which is also what a repeat of it is told by.
    static let event = "alert_triggered"

    /// The notification of an alert that was fired by a value: one for each firing.
    static func draft(_ alert: StoredAlert, _ firing: AlertFiring) -> NotificationDraft {
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
        let what =
            switch alert.topic.kind {
            case "portfolio_value": "A portfolio"
            case "risk_score": "The risk of \(alert.topic.subject)"
            default: alert.topic.subject
            }
        let condition = "\(alert.comparison) \(alert.value)"
        return NotificationDraft(
            NotificationRecord(
                to: alert.person, key: "alert:\(alert.id):\(alert.triggerCount)", kind: "alert",
                title: "\(what) is at \(firing.value)",
                body: alert.note.isEmpty ? condition : "\(condition) – \(alert.note)", data: writer.text()),
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
    static func draft(_ alert: StoredAlert, ended end: End) -> NotificationDraft {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("alert", alert.id)
        writer.field("kind", alert.topic.kind)
        writer.field("portfolio", alert.topic.subject)
        writer.field("ended", end.rawValue)
        writer.endObject()
        let what = end == .deleted ? "The portfolio is gone" : "The portfolio is not shared with you any more"
        let condition = "\(alert.comparison) \(alert.value)"
        return NotificationDraft(
            NotificationRecord(
                to: alert.person, key: "alert:\(alert.id):ended:\(alert.armedSeq)", kind: "alert",
                title: "An alert on a portfolio has ended",
                body: "\(what): \(alert.note.isEmpty ? condition : "\(condition) – \(alert.note)")",
                data: writer.text()))
    }
}
