import RedisPubSub
import Telemetry

/// What the way to other processes tells to a scrape.
enum BrokerMetrics {
    /// Writes the broker's figures; nil where there is none.
    static func write(_ text: inout Exposition, _ figures: RedisStatus.Figures?) {
        text.begin(
            Metric(
                "stoa_broker_connected", .gauge,
                "Whether all loops are connected to a server of Redis, by server."))
        for node in figures?.nodes ?? [] { text.sample(node.isConnected ? 1 : 0, ["node": node.name]) }
        text.add(
            Metric(
                "stoa_broker_round_trip_seconds", .histogram,
                "How long Redis took to answer, asked twice a second on each loop's connection."),
            figures?.roundTrips ?? Histogram(HistogramBounds.roundTrip), unit: 1e-9)
        text.add(
            Metric(
                "stoa_broker_publish_failures_total", .counter,
                "Messages for other processes that could not be sent, since Redis was away."),
            figures?.unsent ?? 0)
        text.add(
            Metric(
                "stoa_broker_refusals_total", .counter,
                "Steps that Redis refused: it is full, or its user lacks a right."),
            figures?.refused ?? 0)
    }
}
