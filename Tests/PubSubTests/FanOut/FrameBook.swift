import PubSub
import WebSocket

/// The frames of a run, each encoded once.
final class FrameBook {
    private let deflater = Deflater()
    private var frames: [Int: SharedFrame] = [:]

    subscript(frame: TestFrame) -> SharedFrame {
        if let known = frames[frame.number] { return known }
        let shared = SharedFrame(frame.payload.span, frame.deliveryClass, deflater: deflater)
        frames[frame.number] = shared
        return shared
    }
}
