import Foundation
import JSON
import StoaTesting
import Testing

@testable import ClientProtocol

@Suite("Documents")
struct DocumentTests {
    @Test("the schemas use no keyword that the validator does not know, and no reference leads nowhere")
    func keywords() throws {
        let schemas = try SchemaStore()
        for name in schemas.names {
            guard let schema = schemas.schema(name) else { continue }
            #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
            #expect(DocumentTests.faults(schema, schemas, name + ".json") == [], "\(name)")
        }
    }

    private static func faults(_ schema: JSONValue, _ store: SchemaStore, _ file: String) -> [String] {
        guard let members = schema.object else { return schema.bool == nil ? ["no schema"] : [] }
        return members.flatMap { member -> [String] in
            guard SchemaStore.keywords.contains(member.name) else { return ["unknown \(member.name)"] }
            switch member.name {
            case "$ref":
                let reference = member.value.string ?? ""
                return store.resolve(reference, in: file) == nil ? ["nothing at \(reference)"] : []
            case "properties", "$defs":
                return (member.value.object ?? []).flatMap { faults($0.value, store, file) }
            case "items", "additionalProperties": return faults(member.value, store, file)
            case "anyOf": return (member.value.array ?? []).flatMap { faults($0, store, file) }
            default: return []
            }
        }
    }

    @Test("every message's schema is in asyncapi.yaml, and the other way round")
    func asyncAPI() throws {
        let text = try ProtocolFolder.text("protocol/asyncapi.yaml")
        let referenced = text.matches(of: /\.\/schemas\/([a-z_-]+)\.json/).map { String($0.output.1) }
        #expect(Set(referenced) == Set(try SchemaStore().names).subtracting(["common"]))
        #expect(referenced.count == Set(referenced).count)
    }

    @Test("every request that the decoder knows has a schema, and the other way round")
    func requests() throws {
        let known = RequestType.allCases.map { "client-" + $0.rawValue }
        #expect(Set(known) == Set(try SchemaStore().names.filter { $0.hasPrefix("client-") }))
    }

    @Test("every route of the API is in openapi.yaml, and the other way round")
    func routes() throws {
        let folder = ProtocolFolder.root.appending(path: "Sources/Gateway/API")
        var own: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let source = try ProtocolFolder.text("Sources/Gateway/API/\(file)")
            for match in source.matches(of: /Route\(\s*\.([a-z]+),\s*"([^"]+)"/) {
                own.insert("\(match.output.1) \(match.output.2)")
            }
            for match in source.matches(of: /case "(\/[a-z\/]+)":/) { own.insert("get \(match.output.1)") }
        }
        let published = try DocumentTests.publishedRoutes()
        #expect(
            published.subtracting(own).sorted() == [
                "get /", "get /api/v1/stream", "get /api/v1/stream/poll", "get /prices", "get /progress",
                "get /ws", "get /ws/rooms/{}",
            ])
        #expect(own.subtracting(published).sorted() == [])
    }

    /// What openapi.yaml lists, as `get /api/v1/rooms/{}`.
    static func publishedRoutes() throws -> Set<String> {
        var published: Set<String> = []
        var path = ""
        for line in try ProtocolFolder.text("protocol/openapi.yaml").split(separator: "\n") {
            if let found = line.firstMatch(of: /^  (\/[^:]*):$/) {
                path = String(found.output.1).replacing(/\{[a-z_]+\}/, with: "{}")
            } else if let method = line.firstMatch(of: /^    (get|put|post|patch|delete):$/) {
                published.insert("\(method.output.1) \(path)")
            }
        }
        return published
    }

    @Test("what openapi.yaml refers to is there")
    func openAPI() throws {
        let text = try ProtocolFolder.text("protocol/openapi.yaml")
        let definitions = try SchemaStore().schema("common")?["$defs"]
        for match in text.matches(of: /schemas\/common\.json#\/\$defs\/([a-z_]+)/) {
            #expect(definitions?[String(match.output.1)] != nil, "\(match.output.1)")
        }
    }

    @Test("the prose's links lead somewhere")
    func links() throws {
        for page in ["README", "client-protocol", "http", "wallets", "CHANGELOG", "vectors/README"] {
            let text = try ProtocolFolder.text("protocol/\(page).md")
            for match in text.matches(of: /\]\(([^)]+)\)/) {
                let parts = match.output.1.split(separator: "#", omittingEmptySubsequences: false).map(
                    String.init)
                let base = ProtocolFolder.folder.appending(path: page + ".md").deletingLastPathComponent()
                let target = parts[0].isEmpty ? "protocol/\(page).md" : nil
                let file =
                    target.map { ProtocolFolder.root.appending(path: $0) } ?? base.appending(path: parts[0])
                #expect(FileManager.default.fileExists(atPath: file.path), "\(page): \(match.output.1)")
                guard parts.count == 2 else { continue }
                let headings = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                    .filter { $0.hasPrefix("#") }.map { DocumentTests.anchor($0) }
                #expect(headings.contains(parts[1]), "\(page): \(match.output.1)")
            }
        }
    }

    private static func anchor(_ heading: Substring) -> String {
        let words = heading.drop { $0 == "#" || $0 == " " }.lowercased()
        return String(
            words.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" ? $0 : nil })
    }
}
