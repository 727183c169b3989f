import Bytes
import Foundation
import SQLiteStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("Killed in the middle of a storm")
struct KillTests {
    @Test("every acknowledged message is there once, in order (invariant 2)")
    func killed() async throws {
        let directory = TemporaryDirectory()
        let room = Identifier.uuid()
        var acknowledged: [Int64: String] = [:]
        for _ in 0..<5 {
            for line in try storm(directory.path, room, lines: 300) {
                let parts = line.split(separator: " ")
                guard parts.count == 2, let seq = Int64(parts[0]) else { continue }
                #expect(acknowledged[seq] == nil)
                acknowledged[seq] = String(parts[1])
            }
        }
        let database = try await SQLiteDatabase.open(directory: directory.path)
        let events = try await MessageRepository(database: database).events(room: room, after: 0, limit: .max)
        #expect(events.map(\.seq) == Array(1...Int64(events.count)))
        var stored: [Int64: String] = [:]
        for event in events {
            if case .message(let message) = event.body { stored[event.seq] = message.clientID }
        }
        #expect(Set(stored.values).count == events.count)
        for (seq, key) in acknowledged { #expect(stored[seq] == key) }
        #expect(acknowledged.count >= 1500)
        await database.close()
    }

    /// Runs a writer until it has acknowledged so many messages, and kills it.
    private func storm(_ directory: String, _ room: String, lines count: Int) throws -> [Substring] {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let program = [
            products, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent(),
        ]
        .map { $0.appendingPathComponent("stoa-store-writer") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let pipe = Pipe()
        let process = try ChildProcess(
            try #require(program).path, [directory, room], ProcessInfo.processInfo.environment,
            output: pipe.fileHandleForWriting.fileDescriptor, errors: 2)
        try pipe.fileHandleForWriting.close()
        var output = Data()
        while output.lazy.filter({ $0 == 10 }).count < count {
            let more = pipe.fileHandleForReading.availableData
            if more.isEmpty { break }
            output.append(more)
        }
        process.kill()
        output.append(pipe.fileHandleForReading.readDataToEndOfFile())
        let text = String(decoding: output, as: UTF8.self)
        // A line cut in two by the kill says nothing.
        guard let end = text.lastIndex(of: "\n") else { return [] }
        return text[..<end].split(separator: "\n")
    }
}
