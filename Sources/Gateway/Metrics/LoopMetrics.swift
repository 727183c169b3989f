import Reactor
import Telemetry

extension ServerReport {
    /// The event loops: what keeps them busy, what waits for them, what they move.
    func writeLoops(_ text: inout Exposition) {
        text.begin(
            Metric(
                "stoa_loop_turn_seconds", .histogram,
                "How long turns of each event loop took; the sum is the time that it was busy."))
        for (index, loop) in loops.enumerated() {
            text.sample(loop.loop.turns, unit: 1e-9, ["loop": "\(index)"])
        }
        text.add(
            Metric(
                "stoa_loop_turn_items", .histogram, "Descriptors and letters that a turn worked on."),
            histogram(HistogramBounds.items) { $0.loop.items }, unit: 1)
        text.add(
            Metric("stoa_loop_letters_total", .counter, "Letters between threads that loops received."),
            sum { $0.loop.letters })
        write(
            &text, Metric("stoa_loop_letters_waiting", .gauge, "Letters that wait for each loop.")
        ) { $0.waitingLetters }
        write(&text, Metric("stoa_loop_timers", .gauge, "Timers running on each loop.")) { $0.timers }
        text.add(
            Metric("stoa_received_bytes_total", .counter, "Bytes read from sockets, TLS included."),
            sum { $0.loop.bytesReceived })
        text.add(
            Metric("stoa_sent_bytes_total", .counter, "Bytes that the kernel took, TLS included."),
            sum { $0.loop.bytesSent })
        text.add(
            Metric(
                "stoa_lagging_connections", .gauge,
                "Connections whose peers do not read as fast as they are written to."),
            sum { $0.loop.laggingConnections })
        text.add(
            Metric("stoa_backlog_bytes", .gauge, "Bytes that wait for lagging connections."),
            sum { $0.loop.backlogBytes })
        text.add(
            Metric("stoa_backlog_largest_bytes", .gauge, "Those of the connection that has most."),
            loops.map(\.loop.largestBacklog).max() ?? 0)
    }

    private func write(_ text: inout Exposition, _ metric: Metric, _ number: (LoopCounters) -> Int) {
        text.begin(metric)
        for (index, loop) in loops.enumerated() { text.sample(number(loop.loop), ["loop": "\(index)"]) }
    }
}
