import Testing

@testable import Bytes

@Suite("A queue")
struct FIFOQueueTests {
    @Test("what comes first goes first, however much is taken at a time", arguments: [1, 3, 64, 1000])
    func order(batch: Int) {
        var queue = FIFOQueue<Int>()
        var (next, taken) = (0, [Int]())
        for round in 0..<200 {
            for _ in 0..<(round % 7 * 5) {
                queue.append(next)
                next += 1
            }
            #expect(queue.count == next - taken.count && queue.isEmpty == (queue.count == 0))
            #expect(queue.first == (queue.isEmpty ? nil : taken.count))
            #expect(Array(queue.waiting) == Array(taken.count..<next))
            taken += queue.take(batch)
        }
        taken += queue.take()
        #expect(taken == Array(0..<next) && queue.isEmpty && queue.take().isEmpty)
    }

    @Test("what was taken does not stay for ever in a queue that never runs dry")
    func bounded() {
        var queue = FIFOQueue<Int>()
        for number in 0..<100 { queue.append(number) }
        for number in 100..<100_000 {
            queue.append(number)
            queue.removeFirst()
            #expect(queue.elements.count <= 202)
        }
        #expect(queue.first == 99_900 && queue[99] == 99_999)
    }

    @Test("one may be changed where it waits")
    func change() {
        var queue = FIFOQueue<String>()
        for text in ["a", "b", "c"] { queue.append(text) }
        queue.removeFirst()
        queue[1] += "!"
        #expect(Array(queue.waiting) == ["b", "c!"])
        queue.removeAll()
        #expect(queue.isEmpty && queue.first == nil)
    }
}
