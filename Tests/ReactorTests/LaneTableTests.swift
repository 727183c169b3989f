import Bytes
import Foundation
import TestRandom
import Testing

@testable import Reactor

@Suite("Lanes")
struct LaneTableTests {
    /// A lane as a plain dictionary keeps it.
    private struct Lane {
        var pair = -1
        var isDirect = false
        var note: UInt16 = 0
    }

    private enum Operation {
        case set(UInt32, pair: Int, isDirect: Bool)
        case clear(UInt32)
        case note(UInt32, UInt16)
        case send(UInt32)
    }

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        return (0..<600).map { step in
            // Ever more lanes, so that the table grows with lanes in use.
            let lane = UInt32.random(in: 0...UInt32(20 + step), using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let pair = Int.random(in: 0..<4, using: &random)
                return .set(lane, pair: pair, isDirect: Bool.random(using: &random))
            case 4: return .clear(lane)
            case 5, 6: return .note(lane, UInt16.random(in: 0...UInt16.max, using: &random))
            default: return .send(lane)
            }
        }
    }

    @Test(
        "the table is a dictionary from lane to descriptor and note, however it grows",
        arguments: 0..<20 as Range<UInt64>)
    func agrees(seed: UInt64) async {
        let failure = await shortestFailure(of: LaneTableTests.operations(seed: seed)) {
            LaneTableTests.run($0)
        }
        if let failure { Issue.record("\(failure)") }
    }

    private static func run(_ operations: [Operation]) -> String? {
        let pairs = (0..<4).map { _ in
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
            for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            return (near: ends[0], far: ends[1])
        }
        defer { for pair in pairs { for end in [pair.near, pair.far] { close(end) } } }
        let table = LaneTable()
        var model: [UInt32: Lane] = [:]
        for (step, operation) in operations.enumerated() {
            switch operation {
            case .set(let lane, let pair, let isDirect):
                table.set(lane, descriptor: pairs[pair].near, isDirect: isDirect)
                model[lane, default: Lane()].pair = pair
                model[lane, default: Lane()].isDirect = isDirect
            case .clear(let lane):
                table.clear(lane)
                if model[lane] != nil { model[lane] = Lane() }
            case .note(let lane, let note):
                guard model[lane] != nil else { continue }
                table[lane] = note
                model[lane]?.note = note
            case .send(let lane):
                guard let known = model[lane] else { continue }
                let word = Array("\(step)".utf8)
                let sent = table.send(word.span, to: lane)
                let got = pairs.map { received($0.far) }
                for (index, bytes) in got.enumerated() {
                    let due = known.isDirect && known.pair == index ? word : []
                    if bytes != due { return "step \(step): pair \(index) has \(bytes), not \(due)" }
                }
                if sent != (known.isDirect ? word.count : 0) { return "step \(step): \(sent) bytes sent" }
            }
            for (lane, known) in model where table[lane] != known.note {
                return "step \(step): lane \(lane) has \(table[lane]), not \(known.note)"
            }
        }
        return nil
    }

    private static func received(_ far: Int32) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 64)
        let count = recv(far, &chunk, chunk.count, 0)
        return count > 0 ? Array(chunk[..<count]) : []
    }
}
