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

    @Test("every message of the server is seen in a script or named here as not shown")
    func coverage() throws {
        // These need more than a script: a hundred people, a lagging reader, a server that stops.
        let notShown: Set<String> = ["presence_diff", "reconnect"]
        let all = try ScriptTests.scripts().map(\.json.text).joined()
        for name in try SchemaStore().names where name != "common" {
            let type = String(name.drop { $0 != "-" }.dropFirst())
            #expect(all.contains("\"type\":\"\(type)\"") != notShown.contains(type), "\(name)")
        }
    }
}
