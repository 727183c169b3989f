/// What a table of deliveries tells of each server in a scenario: medians over the rounds.
struct DeliveryColumn: Sendable {
    let title: String
    /// What it means, for people who see it for the first time.
    let meaning: String
    let cell: @Sendable (_ report: Report, _ scenario: String, _ server: String) -> String

    static let all: [DeliveryColumn] = [
        DeliveryColumn(title: "deliveries/s", meaning: "messages that came to a subscriber, each second") {
            Figure.count($0.median($1, $2, \.deliveriesPerSecond))
        },
        DeliveryColumn(title: "per server CPU s", meaning: "deliveries for each second of the server's CPU") {
            Figure.count($0.median($1, $2, \.deliveriesPerServerSecond))
        },
        DeliveryColumn(title: "CPU ns each", meaning: "the server's CPU for one delivery") {
            Figure.count($0.median($1, $2, \.nanosecondsPerDelivery))
        },
        DeliveryColumn(title: "ratio", meaning: "CPU of a delivery to the reference's in the same round") {
            Figure.number($0.ratio($1, $2, \.nanosecondsPerDelivery), 2)
        },
        latency("p50 ms", "half of the deliveries came within it", 3, \.p50),
        latency("p95", "95 % came within it", 3, \.p95),
        latency("p99", "99 % came within it", 3, \.p99),
        latency("p99.9", "99.9 % came within it", 3, \.p999),
        latency("max", "the slowest one", 2, \.max),
        DeliveryColumn(title: "ack p99", meaning: "99 % of the sends were acknowledged within it; ms") {
            Figure.number($0.median($1, $2) { $0.acknowledgements?.p99 }, 2)
        },
        DeliveryColumn(title: "memory MB", meaning: "the server's anonymous memory at the end") {
            Figure.number($0.median($1, $2) { Double($0.measured.memoryBytes) / 1e6 }, 1)
        },
        DeliveryColumn(title: "load", meaning: "the share of its core that the load used") {
            Figure.number($0.median($1, $2) { $0.utilisation * 100 }, 0) + " %"
        },
    ]

    private static func latency(
        _ title: String, _ meaning: String, _ places: Int,
        _ value: any KeyPath<LatencySummary, Double> & Sendable
    ) -> DeliveryColumn {
        DeliveryColumn(title: title, meaning: meaning) { report, scenario, server in
            Figure.number(report.median(scenario, server) { $0.latency?[keyPath: value] }, places)
        }
    }
}
