import Synchronization
import Testing

@testable import Rooms

@Suite("What is not there")
struct AbsenceBookTests {
    @Test("it is remembered for a minute, and no more of it than allowed")
    func remembers() {
        let clock = Clock()
        let book = AbsenceBook<Int>(capacity: 2) { clock.now.withLock { $0 } }
        book.note(1)
        #expect(book.isAbsent(1) && !book.isAbsent(2))
        clock.now.withLock { $0 = 59_999 }
        #expect(book.isAbsent(1))
        book.note(2)
        clock.now.withLock { $0 = 60_000 }
        book.note(3)
        #expect(!book.isAbsent(1) && book.isAbsent(2) && book.isAbsent(3))
        book.note(4)
        #expect(!book.isAbsent(2) && !book.isAbsent(3) && book.isAbsent(4))
    }

    private final class Clock: Sendable {
        let now = Mutex<Int64>(0)
    }
}
