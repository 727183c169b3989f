import JSON
import StoaTesting
import Testing

@Suite("The browser client's types")
struct ClientTypeTests {
    /// The interfaces of stoa.d.ts: their members' names, with those of what they extend.
    private static func interfaces() throws -> [String: (type: String?, members: Set<String>)] {
        let source = try ProtocolFolder.text("protocol/client/stoa.d.ts")
        var found: [String: (type: String?, members: Set<String>)] = [:]
        // In their order: what is extended stands before.
        for match in source.matches(of: /export interface (\w+)(?: extends (?:\w+<)?(\w+)[^{]*)?\ \{/) {
            let body = ClientTypeTests.body(source[match.range.upperBound...])
            var members = match.output.2.flatMap { found[String($0)]?.members } ?? []
            for member in body.matches(of: /(?:^|[;\n{])\s*(\w+)\??:/) {
                members.insert(String(member.output.1))
            }
            let type = body.firstMatch(of: /(?:^|[;\n])\s*type: '(\w+)'/).map { String($0.output.1) }
            found[String(match.output.1)] = (type, members)
        }
        return found
    }

    /// What is between an interface's braces, without what lies in braces of its own, and without comments.
    private static func body(_ rest: Substring) -> String {
        var (depth, text) = (1, "")
        for character in rest.replacing(/\/\*\*[\s\S]*?\*\//, with: "") {
            if character == "{" { depth += 1 }
            if character == "}" { depth -= 1 }
            if depth == 0 { return text }
            if depth == 1 { text.append(character) }
        }
        return text
    }

    @Test("every message that comes on a channel has a type, with the members that its schema has")
    func pushes() throws {
        let interfaces = try ClientTypeTests.interfaces()
        let schemas = try SchemaStore()
        var count = 0
        for name in schemas.names where name.hasPrefix("server-") {
            let properties = schemas.schema(name)?["properties"]?.object?.map(\.name) ?? []
            // Answers are the client's own to read, and gaps an event of its own.
            guard properties.contains("channel"), !properties.contains("id"), name != "server-gap" else {
                continue
            }
            count += 1
            let type = String(name.dropFirst("server-".count))
            guard let own = interfaces.values.first(where: { $0.type == type }) else {
                Issue.record("no interface of \(type)")
                continue
            }
            // Of several values in one message the client makes several.
            let missing = Set(properties).subtracting(own.members).subtracting(["values"])
            #expect(missing.isEmpty, "\(type) lacks \(missing.sorted())")
            let more = own.members.subtracting(properties)
            #expect(more.isEmpty, "\(type) has \(more.sorted()), and the wire has not")
        }
        #expect(count >= 14)
    }

    @Test("what REST answers about streams has a type, with the members that its schema has")
    func answers() throws {
        let interfaces = try ClientTypeTests.interfaces()
        let definitions = try SchemaStore().schema("common")?["$defs"]
        for (definition, interface) in [
            ("alert", "Alert"), ("portfolio", "Portfolio"), ("standing", "Standing"), ("badge", "Badge"),
            ("leaderboard", "Leaderboard"), ("candle", "Candle"), ("streak", "Streak"),
        ] {
            let members = definitions?[definition]?["properties"]?.object?.map(\.name) ?? []
            #expect(!members.isEmpty && interfaces[interface]?.members == Set(members), "\(interface)")
        }
    }
}
