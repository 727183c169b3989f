import Decimals
public import Storage

extension AlertSubject {
    /// What the store calls so; nil for what is none.
    init?(_ topic: AlertTopic) {
        switch topic.kind {
        case "price":
            guard let symbol = Symbol(topic.subject) else { return nil }
            self = .price(symbol)
        case "risk_score":
            guard let symbol = Symbol(topic.subject) else { return nil }
            self = .riskScore(symbol)
        case "portfolio_value": self = .portfolioValue(topic.subject)
        default: return nil
        }
    }

    /// What the store calls it.
    public var topic: AlertTopic {
        switch self {
        case .price(let symbol): AlertTopic(kind: "price", subject: symbol.text)
        case .riskScore(let symbol): AlertTopic(kind: "risk_score", subject: symbol.text)
        case .portfolioValue(let id): AlertTopic(kind: "portfolio_value", subject: id)
        }
    }
}

extension Alert {
    /// An alert that the store has; nil where it is none.
    ///
    /// - Parameter isArmed: By its condition, whether it fires when that is next found true.
    init?(_ stored: StoredAlert, isArmed: (AlertSubject, AlertCondition) -> Bool) {
        guard let id = AlertID(stored.id), let subject = AlertSubject(stored.topic),
            let comparison = AlertOperator(stored.comparison), let value = try? ExactDecimal(stored.value)
        else { return nil }
        let condition = AlertCondition(comparison, value)
        self.init(
            id, subject, condition, repeatsWhileTrue: stored.repetition == "while_true",
            cooldown: stored.cooldown,
            state: AlertState(
                isArmed: isArmed(subject, condition), lastTriggered: stored.lastTriggeredAt,
                triggerCount: UInt32(clamping: stored.triggerCount)))
    }
}
