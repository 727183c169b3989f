import Foundation
import FuzzTargets
import TestRandom
import Testing

/// Replays what fuzzers found, and shakes it a little; the fuzzers themselves run in `.ci/`.
@Suite struct CorpusTests {
    private func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fuzz/corpora/\(name)").standardizedFileURL
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    }

    @Test("every input of the corpus keeps the rules", arguments: FuzzTarget.all)
    func corpusKeepsTheRules(target: FuzzTarget) throws {
        let inputs = try corpus(target.name)
        #expect(inputs.count >= 5)
        for input in inputs { target.check(input) }
        target.check([])
    }

    @Test("so do inputs like them (seeded mutations)", arguments: FuzzTarget.all)
    func mutationsKeepTheRules(target: FuzzTarget) throws {
        var random = SeededRandom(seed: 7)
        for input in try corpus(target.name) {
            for _ in 0..<150 { target.check(mutate(input, &random)) }
        }
    }

    private func mutate(_ input: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch random.next() % 5 {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 8)], at: index)
            }
        }
        return bytes
    }
}
