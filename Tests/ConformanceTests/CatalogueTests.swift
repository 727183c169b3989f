import ClientProtocol
import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Catalogues")
struct CatalogueTests {
    @Test("errors.json says what ErrorCode says")
    func errors() throws {
        let entries = try ProtocolFolder.json("errors.json").array ?? []
        let published = entries.map {
            "\($0["code"]?.string ?? "") \($0["http_status"]?.integer ?? 0) \($0["temporary"]?.bool ?? false)"
        }
        let own = ErrorCode.allCases.map { "\($0.rawValue) \($0.httpStatus) \($0.isTemporary)" }
        #expect(published == own)
        for entry in entries {
            #expect(entry["meaning"]?.string?.isEmpty == false)
            #expect(entry["client"]?.string?.isEmpty == false)
        }
    }

    @Test("the schemas know every error code")
    func errorCodes() throws {
        let known = try SchemaStore().schema("common")?["$defs"]?["error_code"]?["enum"]?.array ?? []
        #expect(known.compactMap(\.string) == ErrorCode.allCases.map(\.rawValue))
    }

    @Test("close-codes.json says what ClosingReason says")
    func closeCodes() throws {
        let entries = try ProtocolFolder.json("close-codes.json").array ?? []
        let published = entries.compactMap { entry -> String? in
            guard let code = entry["code"]?.integer, code >= 4000 else { return nil }
            return "\(code) \(entry["name"]?.string ?? "")"
        }
        #expect(published == ClosingReason.allCases.map { "\($0.rawValue) \($0.name)" })
        for entry in entries {
            guard let code = entry["code"]?.integer else { continue }
            if code >= 4000 { #expect(entry["reconnect"]?.bool == (code < 4500), "\(code)") }
            #expect(entry["meaning"]?.string?.isEmpty == false)
            #expect(entry["client"]?.string?.isEmpty == false)
        }
    }

    @Test("the browser client names the close codes as the catalogue does")
    func browserClient() throws {
        let source = try ProtocolFolder.text("protocol/client/stoa.js")
        guard let table = source.firstMatch(of: /CLOSE_REASONS = \{([^}]*)\}/)?.output.1 else {
            throw TestFailure("no CLOSE_REASONS in stoa.js")
        }
        let named = table.matches(of: /(4\d\d\d): '([a-z_]+)'/).map { "\($0.output.1) \($0.output.2)" }
        #expect(named == ClosingReason.allCases.map { "\($0.rawValue) \($0.name)" })
    }

    @Test("the prose lists every error and close code")
    func prose() throws {
        let text = try ProtocolFolder.text("protocol/client-protocol.md")
        for code in ErrorCode.allCases { #expect(text.contains("`\(code.rawValue)`"), "\(code)") }
        for reason in ClosingReason.allCases { #expect(text.contains("\(reason.rawValue) `\(reason.name)`")) }
    }

    @Test("README's table of settings is what `stoa config docs` prints")
    func settings() throws {
        let pipe = Pipe()
        _ = try ChildProcess(
            ServerProcess.program.path, ["config", "docs"], ProcessInfo.processInfo.environment,
            output: pipe.fileHandleForWriting.fileDescriptor, errors: 2)
        try pipe.fileHandleForWriting.close()
        let printed = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let readme = try ProtocolFolder.text("README.md")
        let parts = readme.components(separatedBy: "<!-- config docs -->\n")
        #expect(parts.count == 2)
        let table = parts.last?.components(separatedBy: "<!-- end of config docs -->").first
        #expect(table?.trimmingCharacters(in: .newlines) == printed.trimmingCharacters(in: .newlines))
    }
}
