import ArgumentParser
import HTTP
import JSON

/// `stoa tail`: shows what is said on channels of a running server, as it is said.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show what is said on channels of the running server, as it is said.",
        discussion: """
            Example:  stoa tail 'price:*'      or  stoa tail topic:lobby --also candles:BTC-USD:1m --count 10

            Each message is a line of JSON, as clients get it: first a snapshot of what there is. Goes to the running
            server of the same data directory, with the operator's rights. Exit status 0 after --count messages; 1 where
            no server runs, or where it ends the stream.
            """)

    @Argument(help: "A channel, or a pattern with * at its end.") var channel: String
    @Option(help: "Another one; may be given again.") var also: [String] = []
    @Option(help: "End after so many messages.") var count: Int?
    @Option(help: "Prices at most every so many milliseconds, the newest of each.") var interval: Int?
    @OptionGroup var options: ServerOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is a number of messages.") }
        if let interval, interval < 0 { throw ValidationError("--interval is a number of milliseconds.") }
    }

    func run() async throws {
        try await reporting {
            let socket = try ControlClient.running(try options.configuration())
            var query = ([channel] + also).map { "channel=" + PercentCoding.encode($0) }
            if let interval { query.append("min_interval_ms=\(interval)") }
            var lines = EventLines()
            var left = count ?? .max
            var refusal: [UInt8] = []
            var end: String?
            try socket.exchange(.get, "/api/v1/stream?" + query.joined(separator: "&")) { status, bytes in
                guard status == 200 else {
                    refusal += bytes
                    return true
                }
                for message in lines.take(bytes) {
                    let json = try? JSONValue(parsing: message)
                    switch json?["type"]?.string {
                    case "welcome": continue
                    case "stream_closed":
                        end = json?["reason"]?.string
                        return false
                    default:
                        Console.print(message)
                        left -= 1
                        guard left > 0 else { return false }
                    }
                }
                return true
            }
            guard left > 0 else { return }
            let words = (try? JSONValue(parsing: refusal.span))?["detail"]?.string
            throw StartError(words ?? "the server has ended it: \(end ?? "the connection is gone")")
        }
    }
}

/// The messages of a stream of events, each on one line.
private struct EventLines {
    private var rest: [UInt8] = []

    mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
        rest += bytes
        var messages: [String] = []
        while let end = rest.firstRange(of: [0x0A, 0x0A]) {
            let event = rest[..<end.lowerBound].split(separator: 0x0A)
            let data = event.filter { $0.starts(with: "data: ".utf8) }
                .map { String(decoding: $0.dropFirst(6), as: UTF8.self) }
            if !data.isEmpty { messages.append(data.joined(separator: " ")) }
            rest.removeSubrange(..<end.upperBound)
        }
        return messages
    }
}
