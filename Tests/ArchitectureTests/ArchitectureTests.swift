import Foundation
import Testing

@Suite("Architecture")
struct ArchitectureTests {
    /// The layers in their order; a module may import its own layer's and those above, as `ls Sources` shows them.
    static let layers: [(name: String, modules: [String])] = [
        ("C", ["CLinux", "COpenSSL", "CSQLite", "CPostgres", "CZlib", "CCurl", "CHiredis", "CPages"]),
        ("Base", ["Bytes", "JSON", "Decimals", "Cryptography", "Telemetry", "Settings", "TimeZones"]),
        ("Wire", ["HTTP", "WebSocket", "ClientProtocol"]), ("IO", ["Reactor", "Outbound"]),
        ("Streams", ["PubSub", "RedisPubSub"]),
        ("Data", ["Storage", "StoreWorkers", "SQLiteStorage", "PostgresStorage"]),
        ("Features", ["Identity", "Rooms", "Gates", "Prices", "Webhooks", "Jobs", "Notifications"]),
        ("Gateway", ["Gateway"]), ("Client", ["StoaClient"]), ("stoa", ["stoa"]),
    ]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Source {
        let path: String
        let layer: Int
        let lines: [Substring]
    }

    static let sources: [Source] = {
        let folder = root.appending(path: "Sources")
        let files =
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL } ?? []
        return files.filter { $0.pathExtension == "swift" }.compactMap { file in
            let path = file.path.replacingOccurrences(of: folder.path + "/", with: "")
            let layer = layers.firstIndex { path.hasPrefix($0.name + "/") }
            guard let layer, let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
            return Source(
                path: path, layer: layer, lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
    }()

    static func imports(_ source: Source) -> [String] {
        source.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index <= 2, words.count > index + 1 else {
                return nil
            }
            return String(words[index + 1])
        }
    }

    @Test("a module uses its own layer and those above it, never one below (LAYOUT, principle 1)")
    func layerOrder() {
        #expect(ArchitectureTests.sources.count > 100)
        let layerOf = Dictionary(
            uniqueKeysWithValues: ArchitectureTests.layers.enumerated().flatMap { index, layer in
                layer.modules.map { ($0, index) }
            })
        for source in ArchitectureTests.sources {
            for name in ArchitectureTests.imports(source) {
                guard let used = layerOf[name] else { continue }
                #expect(used <= source.layer, "\(source.path) imports \(name)")
            }
        }
    }

    @Test("the gateway knows neither the store's driver nor a broker's")
    func gatewayIsIndependent() {
        for source in ArchitectureTests.sources where source.path.hasPrefix("Gateway/") {
            #expect(
                Set(ArchitectureTests.imports(source)).isDisjoint(with: [
                    "SQLiteStorage", "CSQLite", "PostgresStorage", "CPostgres", "COpenSSL", "RedisPubSub",
                    "CHiredis",
                ]))
        }
    }

    @Test("no Foundation in the server: only its tests use it")
    func noFoundation() {
        for source in ArchitectureTests.sources {
            #expect(!ArchitectureTests.imports(source).contains("Foundation"), "\(source.path)")
        }
    }

    @Test("files stay short: 95 % within 300 lines, none over 600")
    func fileLengths() {
        let lengths = ArchitectureTests.sources.map(\.lines.count)
        #expect(lengths.allSatisfy { $0 <= 600 })
        let short = lengths.count { $0 <= 301 }
        #expect(Double(short) >= 0.95 * Double(lengths.count))
    }

    /// Where memory or C may be touched: folders of types made for it, and files.
    static let unsafePlaces = [
        "Base/", "Wire/WebSocket/", "Wire/HTTP/Gzip.swift", "IO/",
        "Streams/RedisPubSub/Connection/ReplyReader.swift", "Data/StoreWorkers/",
        "Data/SQLiteStorage/", "Data/PostgresStorage/PostgresSession.swift",
        "Data/PostgresStorage/PostgresParameters.swift", "Data/PostgresStorage/PostgresResult.swift",
        "Data/PostgresStorage/PostgresTarget.swift", "Data/PostgresStorage/PostgresText.swift",
        "Client/StoaClient/Outbox.swift", "stoa/",
    ]

    @Test("unsafe code is only where memory or C is touched (LAYOUT, principle 4)")
    func unsafeFiles() {
        for source in ArchitectureTests.sources {
            let isAllowed = ArchitectureTests.unsafePlaces.contains { source.path.hasPrefix($0) }
            let uses = source.lines.contains { line in
                !line.drop { $0 == " " }.hasPrefix("//") && line.contains("unsafe ")
            }
            #expect(!uses || isAllowed, "\(source.path)")
        }
    }

    @Test("nothing traps on input: no try!, no forced casts, no fatalError")
    func noTraps() {
        for source in ArchitectureTests.sources {
            for line in source.lines {
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                let traps = ["try!", "as!", "fatalError(", "TODO", "FIXME"].contains { line.contains($0) }
                #expect(isComment || !traps, "\(source.path): \(line)")
            }
        }
    }
}
