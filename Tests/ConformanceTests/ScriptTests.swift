import JSON
import StoaTesting
import Testing

@Suite("Vectors: scripts against a live server")
struct ScriptTests {
    private static func scripts() throws -> [Vector] {
        try ["sessions", "http"].flatMap { folder in
            try ProtocolFolder.names(in: "vectors/" + folder).map { name in
                Vector(
                    file: "\(folder)/\(name)",
                    json: try ProtocolFolder.json("vectors/\(folder)/\(name).json"))
            }
        }
    }

    @Test("goes as it is written, and every message is as its schema says", arguments: try scripts())
    func script(_ script: Vector) async throws {
        let runner = try await ScriptRunner(script.json)
        try await runner.run()
        #expect(runner.faults == [])
    }

    @Test("every message of either side is in a script")
    func coverage() throws {
        let all = try ScriptTests.scripts().map(\.json.text).joined()
        for name in try SchemaStore().names where name != "common" {
            let type = String(name.drop { $0 != "-" }.dropFirst())
            #expect(all.contains("\"type\":\"\(type)\""), "\(name)")
        }
    }

    @Test("every route is in a script")
    func routes() throws {
        let requests = try ScriptTests.scripts().flatMap { script -> [String] in
            (script.json["steps"]?.array ?? []).compactMap { step in
                if let path = step["connect"]?.string { return "get \(path)" }
                return step["http"]?.string
            }
        }
        let paths = requests.map {
            $0.prefix { $0 != "?" }.split(separator: "/", omittingEmptySubsequences: false)
        }
        for route in try DocumentTests.publishedRoutes() {
            let wanted = route.split(separator: "/", omittingEmptySubsequences: false)
            let isShown = paths.contains { path in
                path.count == wanted.count && path[0].lowercased() == wanted[0]
                    && zip(path, wanted).dropFirst().allSatisfy { $0 == $1 || $1 == "{}" }
            }
            #expect(isShown, "\(route)")
        }
    }
}
