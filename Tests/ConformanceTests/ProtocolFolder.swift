import Foundation
import JSON
import StoaTesting

/// The published specification beside the sources, as its readers find it.
enum ProtocolFolder {
    /// The repository.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appending(path: "protocol")

    /// A file's text, by its path in the repository.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A file's JSON, by its path in the folder.
    static func json(_ path: String) throws -> JSONValue {
        try JSONValue(parsing: try text("protocol/" + path))
    }

    /// The names of a folder's JSON files without their endings, in order.
    static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The cases of all vector files of a folder.
    static func vectors(_ path: String) throws -> [Vector] {
        try names(in: "vectors/" + path).flatMap { try vectors(path, $0) }
    }

    /// The cases of one vector file.
    static func vectors(_ path: String, _ name: String) throws -> [Vector] {
        guard let cases = try json("vectors/\(path)/\(name).json").array else {
            throw TestFailure("vectors/\(path)/\(name).json is no list")
        }
        return cases.map { Vector(file: name, json: $0) }
    }
}

/// One case of a vector file.
struct Vector: Sendable, CustomStringConvertible {
    let file: String
    let json: JSONValue

    var name: String { json["name"]?.string ?? "?" }
    var description: String { "\(file): \(name)" }
}

extension JSONValue {
    /// Its compact text.
    var text: String {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.text()
    }

    /// Every text in it, changed.
    func mapTexts(_ change: (String) -> JSONValue) -> JSONValue {
        switch self {
        case .string(let text): change(text)
        case .array(let items): .array(items.map { $0.mapTexts(change) })
        case .object(let members): .object(members.map { JSONMember($0.name, $0.value.mapTexts(change)) })
        default: self
        }
    }
}
