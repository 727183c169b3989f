import Testing

@testable import stoa_load

@Suite("Send log")
struct SendLogTests {
    @Test("publishers are counted apart, from 0")
    func counts() {
        var log = SendLog(rooms: 2, publishers: 2, burst: 1)
        #expect(log.add(room: 0, publisher: 0, due: 10) == 0)
        #expect(log.add(room: 0, publisher: 0, due: 20) == 1)
        #expect(log.add(room: 1, publisher: 1, due: 30) == 0)
        #expect(log.count(room: 0, publisher: 0) == 2)
        #expect(log.count(room: 0, publisher: 1) == 0)
        #expect(log.count(room: 1, publisher: 1) == 1)
        #expect(log.count(room: 1, publisher: 2) == 0)
        #expect(log.total == 3)
        #expect(log.dueTime(room: 0, publisher: 0, sequence: 0) == 10)
        #expect(log.dueTime(room: 0, publisher: 0, sequence: 1) == 20)
        #expect(log.dueTime(room: 1, publisher: 1, sequence: 0) == 30)
    }

    @Test("when a send was due is forgotten, never told wrongly", arguments: [1, 300])
    func forgets(_ burst: Int) {
        var log = SendLog(rooms: 2000, publishers: 1, burst: burst)
        for sequence in 0..<5000 { _ = log.add(room: 3, publisher: 0, due: Int64(sequence) * 7) }
        for sequence in 0..<5000 {
            let due = log.dueTime(room: 3, publisher: 0, sequence: UInt32(sequence))
            #expect(due == nil || due == Int64(sequence) * 7)
            if sequence >= 5000 - burst { #expect(due != nil) }
        }
    }

    @Test("what was never sent was never due")
    func future() {
        var log = SendLog(rooms: 1, publishers: 1, burst: 1)
        _ = log.add(room: 0, publisher: 0, due: 10)
        #expect(log.dueTime(room: 0, publisher: 0, sequence: 1) == nil)
        #expect(log.dueTime(room: 0, publisher: 0, sequence: .max) == nil)
    }
}
