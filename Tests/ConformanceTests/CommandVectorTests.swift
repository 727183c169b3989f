import Bytes
import ClientProtocol
import JSON
import StoaTesting
import Testing

@Suite("Vectors: commands")
struct CommandVectorTests {
    private static func filled(_ vector: Vector) -> (message: String, expected: JSONValue) {
        let message = vector.json["message"]?.string ?? ""
        let expected = vector.json["expect"] ?? .null
        guard let fill = vector.json["fill"], let text = fill["text"]?.string,
            let times = fill["times"]?.integer
        else { return (message, expected) }
        let long = String(repeating: text, count: Int(times))
        func put(_ text: String) -> String {
            text.split(separator: "<fill>", omittingEmptySubsequences: false).joined(separator: long)
        }
        return (put(message), expected.mapTexts { .string(put($0)) })
    }

    @Test(
        "a client's message is a request, an error or the end",
        arguments: try ProtocolFolder.vectors("commands"))
    func command(_ vector: Vector) throws {
        let (message, expected) = CommandVectorTests.filled(vector)
        #expect(
            sorted(CommandVectorTests.run(message, room: vector.json["room"]?.string)) == sorted(expected))
    }

    private static func run(_ message: String, room: String?) -> JSONValue {
        do throws(CommandError) {
            let command = try CommandDecoder.decode(message.utf8Span.span, room: room)
            return .object([JSONMember("command", summary(command))])
        } catch {
            guard case .refused(let refusal, let id) = error else {
                return .object([
                    JSONMember("close", .integer(Int64(ClosingReason.protocolViolation.rawValue)))
                ])
            }
            let members = [
                JSONMember("code", .string(refusal.code.rawValue)),
                JSONMember("field", refusal.field.map { .string($0) } ?? .null),
            ]
            return .object([
                JSONMember("error", .object(members)), JSONMember("id", id.map { .string($0) } ?? .null),
            ])
        }
    }

    @Test(
        "the schemas accept what the server accepts, and refuse what it refuses",
        arguments: try ProtocolFolder.vectors("commands"))
    func schema(_ vector: Vector) throws {
        let schemas = try SchemaStore()
        let (message, expected) = CommandVectorTests.filled(vector)
        guard let json = try? JSONValue(parsing: message), let type = json["type"]?.string,
            schemas.schema("client-" + type) != nil, expected["close"] == nil
        else { return }
        let faults = schemas.faults(json, side: "client")
        // Bytes where a schema counts characters, white space, rules between fields: beyond its words.
        let isAccepted = expected["command"] != nil || vector.json["schema"]?.string == "accepts"
        #expect(faults.isEmpty == isAccepted, "\(faults)")
    }
}
