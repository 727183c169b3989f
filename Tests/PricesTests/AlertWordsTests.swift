import Bytes
import Storage
import Testing

@testable import Prices

@Suite("An alert's words say what happened") struct AlertWordsTests {
    private func alert(
        _ comparison: String, _ value: String, kind: String = "price", subject: String = "BTC",
        repetition: String = "on_crossing"
    ) -> StoredAlert {
        StoredAlert(
            of: PersonKey(user: "ann"), topic: AlertTopic(kind: kind, subject: subject),
            comparison: comparison,
            value: value, repetition: repetition, cooldown: 0, note: "")
    }

    private func words(_ alert: StoredAlert, at value: String, portfolio: String? = nil) -> String {
        let firing = AlertFiring(alert: alert.id, seq: 1, value: value, at: Timestamp(milliseconds: 1))
        return AlertWords(alert, portfolio: portfolio).happened(firing)
    }

    @Test(
        "of a price",
        arguments: [
            (">", "64000", "64783.58", "BTC rose above 64,000: now 64,783.58"),
            (">=", "64000", "64783.58", "BTC rose to 64,000: now 64,783.58"),
            (">=", "64000", "64000", "BTC rose to 64,000"),
            ("<", "0.5", "0.25", "BTC fell below 0.50: now 0.25"),
            ("<=", "0.5", "0.25", "BTC fell to 0.50: now 0.25"),
            ("crosses", "10", "11", "BTC rose through 10: now 11"),
            ("crosses", "10", "9", "BTC fell through 10: now 9"),
            ("crosses", "10", "10", "BTC reached 10"),
            // What looks like the threshold is told to its last digit.
            ("<", "10000", "9999.999999", "BTC fell below 10,000: now 9,999.999999"),
        ])
    func price(comparison: String, value: String, now: String, expected: String) {
        #expect(words(alert(comparison, value), at: now) == expected)
    }

    @Test("told again while it is so, nothing has moved")
    func whileTrue() {
        for (sign, verb) in [
            (">", "is above"), (">=", "is at or above"), ("<", "is below"), ("<=", "is at or below"),
        ] {
            #expect(words(alert(sign, "10", repetition: "while_true"), at: "12") == "BTC \(verb) 10: now 12")
        }
    }

    @Test("of a portfolio, by its name where that is known, and of a risk score")
    func others() {
        let portfolio = alert("<", "10000", kind: "portfolio_value", subject: "p1")
        #expect(
            words(portfolio, at: "9871.2", portfolio: "Savings")
                == "Portfolio “Savings” fell below 10,000: now 9,871.20")
        #expect(words(portfolio, at: "9871.2") == "A portfolio fell below 10,000: now 9,871.20")
        #expect(AlertWords(portfolio).condition == "falls below 10,000")
        #expect(
            words(alert(">=", "70", kind: "risk_score"), at: "71") == "The risk of BTC rose to 70: now 71")
    }
}
