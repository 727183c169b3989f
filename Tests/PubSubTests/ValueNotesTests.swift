import TestRandom
import Testing

@testable import PubSub

@Suite("Notes of values that are due")
struct ValueNotesTests {
    @Test("whatever is noted, taken and given back, it is what sets of bits say", arguments: 0..<50)
    func random(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var notes = ValueNotes()
        var model: [UInt32: (bits: Int, due: Set<UInt32>)] = [:]
        for _ in 0..<2000 {
            let number = model.keys.sorted().randomElement(using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                let added = notes.addQueue()
                #expect(model[added] == nil)
                model[added] = (64, [])
            case 1:
                guard let number, model.count > 3 else { continue }
                notes.removeQueue(number)
                model[number] = nil
            case 2:
                guard let number, let old = model[number] else { continue }
                let bits = Int.random(in: 1...400, using: &random)
                notes.reserve(bits, in: number)
                model[number]?.bits = max(old.bits, bits)
            case 3..<12:
                guard let number, let old = model[number] else { continue }
                let bit = UInt32.random(in: 0..<UInt32(old.bits), using: &random)
                let outcome = notes.add(NotePlace(queue: number, bit: bit))
                let isNew = model[number]?.due.insert(bit).inserted == true
                #expect(outcome == (isNew ? old.due.isEmpty ? .first : .further : .replaced))
            case 12..<15:
                guard let number, let old = model[number] else { continue }
                let bit = UInt32.random(in: 0..<UInt32(old.bits), using: &random)
                #expect(notes.contains(NotePlace(queue: number, bit: bit)) == old.due.contains(bit))
                notes.remove(NotePlace(queue: number, bit: bit))
                model[number]?.due.remove(bit)
            default:
                guard let number, let old = model[number] else { continue }
                let from = Int.random(in: 0...old.bits, using: &random)
                let expected = old.due.filter { $0 >= from }.min() ?? old.due.min()
                #expect(notes.take(of: number, from: from) == expected.map { Int($0) })
                if let expected { model[number]?.due.remove(expected) }
            }
            for (number, state) in model { #expect(notes.count(of: number) == state.due.count) }
        }
    }
}
