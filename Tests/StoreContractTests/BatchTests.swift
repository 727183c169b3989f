import Bytes
import Storage
import StoreTesting
import Testing

/// Many appends become few statements: nobody may notice how many came together.
@Suite("Batches of appends")
struct BatchTests {
    private static let marks = [
        "", "\"", "\\", "{", "},{", ",", "NULL", "\u{0}", "\u{10FFFF}0", "'", "é", "e\u{301}", " ",
    ]

    private static func message(_ number: Int) -> NewMessage {
        NewMessage(
            id: Identifier.uuid(), content: "\(marks[number % marks.count]) word\(number)",
            mentions: number % 3 == 0 ? ["bob", "cem\(number)"] : [],
            clientID: "\(marks[number % marks.count])\(number / marks.count)")
    }

    @Test(
        "however many come at once, each is stored as it was said and found again as a repeat",
        arguments: [1, 3, 4, 5, 16, 21, 64, 85, 150], StoreDriver.allCases)
    func counts(_ count: Int, on driver: StoreDriver) async throws {
        let store = try await TestStore.open(on: driver)
        let room = try await store.room()
        let messages = (0..<count).map { BatchTests.message($0) }
        let outcomes = try await store.appendTogether(messages, in: room)
        #expect(outcomes.map(\.seq) == (1...count).map { Int64($0) })
        // All again, and as many others between them.
        let more = (0..<count).flatMap { [BatchTests.message($0), BatchTests.message(count + $0)] }
        let later = try await store.appendTogether(more, in: room)
        for (index, outcome) in later.enumerated() {
            if index % 2 == 0 {
                guard case .duplicate(let seq, messages[index / 2].id, _) = outcome else {
                    Issue.record("\(index): \(outcome)")
                    continue
                }
                #expect(seq == Int64(index / 2 + 1))
            } else {
                #expect(outcome.seq == Int64(count + index / 2 + 1))
            }
        }
        let stored = try await store.messages.events(room: room, after: 0, limit: 1000)
        let said = (0..<2 * count).map { BatchTests.message($0) }
        #expect(stored.count == said.count)
        for (event, message) in zip(stored, said) {
            guard case .message(let record) = event.body else {
                Issue.record("\(event)")
                continue
            }
            #expect(Array(record.content.utf8) == Array(message.content.utf8))
            #expect(record.mentions == message.mentions)
        }
        for number in [0, count / 2, count - 1, 2 * count - 1] {
            let found = try await store.messages.search(room: room, "word\(number)", limit: 9)
            #expect(found.messages.map(\.seq) == [Int64(number + 1)], "word\(number)")
        }
    }
}
