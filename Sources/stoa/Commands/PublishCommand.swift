import ArgumentParser
import Bytes
import HTTP
import JSON

/// `stoa publish`: says something on a channel of a running server.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish", abstract: "Say something on a topic, or tell a price.",
        discussion: """
            Example:  stoa publish topic:lobby '{"text":"hello"}'      or  stoa publish price:BTC-USD 64000.5

            The data is JSON; for prices also an object with "price", "volume", "at". With - each line of the standard
            input is published, and the first that is refused ends it. Goes to the running server of the same data
            directory, with the operator's rights.
            """)

    @Argument(help: "A topic as topic:lobby, or a price as price:BTC-USD.") var channel: String
    @Argument(help: "What to say, as JSON; - for lines of the standard input.") var data: String
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let configuration = try options.configuration()
            guard data == "-" else { return try publish(data, configuration) }
            while let line = readLine(), !line.isEmpty { try publish(line, configuration) }
        }
    }

    /// A command line on which what is said may be a negative number: that is no flag with a space before it, and the same
    /// JSON.
    static func arguments(_ all: [String]) -> [String] {
        guard all.first == "publish" else { return all }
        var all = all
        for index in all.indices.dropFirst() {
            let (channel, data) = (all[index - 1], all[index])
            guard channel.hasPrefix("price:") || channel.hasPrefix("topic:"), data.hasPrefix("-"),
                data.dropFirst().first?.isNumber == true
            else { continue }
            all[index] = " " + data
        }
        return all
    }

    private func publish(_ data: String, _ configuration: Configuration) throws {
        guard let json = try? JSONValue(parsing: data) else {
            throw ConfigurationError(
                "what is published is JSON, not \(data.prefix(80)); a text has its quotes within the shell's: '\"hello\"'"
            )
        }
        let isPrice = channel.hasPrefix("price:")
        let body = isPrice ? PublishCommand.tick(json, channel) : PublishCommand.publication(data, channel)
        let path = isPrice ? "/api/v1/prices" : "/api/v1/publish"
        let answer = try ControlClient.running(configuration).call(.post, path, body: body, as: "operator")
        guard answer.status == 200 else {
            let words = (try? JSONValue(parsing: answer.body.span))?["detail"]?.string
            throw StartError(words ?? "the server answered \(answer.status)")
        }
        Console.print(String(decoding: answer.body, as: UTF8.self))
    }

    private static func tick(_ json: JSONValue, _ channel: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("symbol", String(channel.dropFirst("price:".count)))
        for member in json.object ?? [JSONMember("price", json)] where member.name != "symbol" {
            writer.key(dynamic: member.name)
            member.value.write(to: &writer)
        }
        writer.endObject()
        return [UInt8](writer.span)
    }

    private static func publication(_ data: String, _ channel: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("channel", channel)
        writer.key("data")
        writer.raw(data.utf8Span.span)
        writer.endObject()
        return [UInt8](writer.span)
    }
}
