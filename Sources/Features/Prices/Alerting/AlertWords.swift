import Decimals
import Storage

/// What people read of their alert, in words: what happened, or what they waited for.
struct AlertWords {
    /// Digits behind the point of a price, as the page of prices has them.
    private static let pricePlaces = 4
    /// And of a sum of money.
    private static let valuePlaces = 2

    private let alert: StoredAlert
    /// What the portfolio is called that it watches, where that is known.
    private let portfolio: String?

    init(_ alert: StoredAlert, portfolio: String? = nil) {
        self.alert = alert
        self.portfolio = portfolio
    }

    /// `BTC rose above 64,000: now 64,783.58`
    func happened(_ firing: AlertFiring) -> String {
        let threshold = exact(alert.value)
        // Nobody is told twice in one sentence that it is there.
        let now = firing.value == alert.value ? "" : ": now \(rounded(firing.value))"
        return "\(subject) \(verb(at: firing.value)) \(threshold)\(now)"
    }

    /// `rises above 64,000`
    var condition: String {
        let verb =
            switch AlertOperator(alert.comparison) {
            case .atLeast: "rises to"
            case .atMost: "falls to"
            case .above: "rises above"
            case .below: "falls below"
            case .crosses, nil: "crosses"
            }
        return "\(verb) \(exact(alert.value))"
    }

    /// `Portfolio “Savings”`
    var subject: String {
        switch alert.topic.kind {
        case "portfolio_value": portfolio.map { "Portfolio “\($0)”" } ?? "A portfolio"
        case "risk_score": "The risk of \(alert.topic.subject)"
        default: alert.topic.subject
        }
    }

    private func verb(at value: String) -> String {
        // Told again while it is so, nothing has moved.
        let isState = alert.repetition == "while_true"
        return switch AlertOperator(alert.comparison) {
        case .atLeast: isState ? "is at or above" : "rose to"
        case .atMost: isState ? "is at or below" : "fell to"
        case .above: isState ? "is above" : "rose above"
        case .below: isState ? "is below" : "fell below"
        case .crosses, nil: crossing(at: value)
        }
    }

    private func crossing(at value: String) -> String {
        guard let now = try? ExactDecimal(value), let threshold = try? ExactDecimal(alert.value),
            now != threshold
        else { return "reached" }
        return now > threshold ? "rose through" : "fell through"
    }

    /// What the person has chosen, to its last digit.
    private func exact(_ text: String) -> String {
        (try? ExactDecimal(text))?.prose(places: ExactDecimal.places) ?? text
    }

    /// As short as can be read in passing; exact where that would look like the value that it was to get to.
    private func rounded(_ text: String) -> String {
        let places = alert.topic.isPortfolio ? AlertWords.valuePlaces : AlertWords.pricePlaces
        guard let short = (try? ExactDecimal(text))?.prose(places: places) else { return text }
        let threshold = (try? ExactDecimal(alert.value))?.prose(places: places)
        return short == threshold ? exact(text) : short
    }
}
