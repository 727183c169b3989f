import Bytes
import Reactor
import TestRandom
import Testing

@testable import PubSub

@Suite("Merging a turn's frames")
struct FrameMergeTests {
    @Test("frames of several buffers come in the order in which they arose, whatever the interleaving")
    func order() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let frames = (0..<4).map { _ in TurnFrames() }
            var starts = [0, 0, 0, 0]
            var expected: [UInt8] = []
            for stamp in 1...40 as ClosedRange<UInt64> {
                let source = Int.random(in: 0..<4, using: &random)
                let bytes = (0..<Int.random(in: 1...5, using: &random)).map { _ in UInt8(stamp) }
                // A subscriber that came during the turn is not due what was there before.
                if stamp == 10 { starts[2] = frames[2].byteCount }
                if stamp == 10, let last = frames[2].marks.last, last.end != starts[2] {
                    Issue.record("marks")
                }
                frames[source].append(bytes.span, stamp: stamp, .essential)
                if !(source == 2 && stamp < 10) { expected += bytes }
            }
            var merge = FrameMerge(lagging: false)
            for index in 0..<4 { merge.add(frames[index], from: starts[index], channel: nil) }
            var slices: [Slice] = []
            merge.run(into: &slices)
            var actual: [UInt8] = []
            for slice in slices { actual += slice.buffer.bytes.array()[slice.start..<slice.end] }
            #expect(actual == expected)
        }
    }

    @Test("a lagging reader gets what is essential; hints are dropped, presence is remembered as stale")
    func lagging() {
        let channel = ChannelState(name: "room")
        let frames = TurnFrames()
        for (stamp, kind) in [DeliveryClass.essential, .droppable, .presence, .essential, .value]
            .enumerated()
        {
            frames.append([UInt8(stamp)].span, stamp: UInt64(stamp), kind)
        }
        var merge = FrameMerge(lagging: true)
        merge.add(frames, from: 0, channel: channel)
        var slices: [Slice] = []
        merge.run(into: &slices)
        #expect(slices.map { [$0.start, $0.end] } == [[0, 1], [3, 4]])
        #expect(merge.droppedHints == 1)
        #expect(merge.heldPresence == 1)
        #expect(merge.stalePresence == ["room"])
        #expect(merge.heldValues.map(\.name) == ["room"])
    }
}
