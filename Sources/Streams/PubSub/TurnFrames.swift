import Bytes
import Reactor

/// Where a frame ends in a turn's buffer, and when it arose.
struct FrameMark {
    /// Counts all frames of a shard, so that frames of several buffers can be put in the order in which they arose.
    let stamp: UInt64
    let end: Int
    let deliveryClass: DeliveryClass
}

/// Frames of one turn, one behind the other, for a channel's subscribers or for one of them.
final class TurnFrames {
    let buffer = TurnBuffer()
    private(set) var marks: [FrameMark] = []

    var byteCount: Int { buffer.bytes.count }

    func append(_ frame: Span<UInt8>, stamp: UInt64, _ deliveryClass: DeliveryClass) {
        buffer.bytes.append(frame)
        marks.append(FrameMark(stamp: stamp, end: buffer.bytes.count, deliveryClass: deliveryClass))
    }

    /// Appends a frame that `write` makes in its place.
    func append(stamp: UInt64, _ deliveryClass: DeliveryClass, _ write: (inout ByteBuffer) -> Void) {
        write(&buffer.bytes)
        marks.append(FrameMark(stamp: stamp, end: buffer.bytes.count, deliveryClass: deliveryClass))
    }

    fileprivate func removeAll() {
        buffer.bytes.removeAll()
        marks.removeAll(keepingCapacity: marks.count <= 256)
    }
}

/// Frames' memory between turns: it belongs to no channel, so that thousands of channels which said something once hold
/// none.
struct TurnFramesPool {
    /// Bytes kept in all; a burst's beyond them are given back.
    private static let limit = 1 << 20
    private static let largest = 262_144

    private var spare: [TurnFrames] = []
    private var bytes = 0

    mutating func take() -> TurnFrames {
        guard let frames = spare.popLast() else { return TurnFrames() }
        bytes -= frames.buffer.bytes.capacity
        return frames
    }

    mutating func giveBack(_ frames: TurnFrames) {
        let capacity = frames.buffer.bytes.capacity
        guard capacity <= TurnFramesPool.largest, bytes + capacity <= TurnFramesPool.limit else { return }
        frames.removeAll()
        bytes += capacity
        spare.append(frames)
    }
}
