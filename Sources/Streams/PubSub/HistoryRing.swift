import Bytes

/// A channel's last publications, bounded in number and bytes.
public struct HistoryRing {
    private var frames = FIFOQueue<SharedFrame>()
    /// Bytes held.
    public private(set) var bytes = 0
    private let countLimit: Int
    private let byteLimit: Int
    /// The newest publication's offset; 0 before the first one.
    public private(set) var head: Int64

    /// An empty ring.
    ///
    /// - Parameter head: The offset of the last publication before the ring began.
    public init(countLimit: Int, byteLimit: Int, head: Int64 = 0) {
        self.countLimit = countLimit
        self.byteLimit = byteLimit
        self.head = head
    }

    /// How many publications are held.
    public var count: Int { frames.count }

    /// Adds the next publication.
    public mutating func append(_ frame: SharedFrame) {
        head += 1
        guard countLimit > 0 else { return }
        frames.append(frame)
        bytes += frame.cost
        while count > countLimit || bytes > byteLimit, count > 1 {
            bytes -= frames[0].cost
            frames.removeFirst()
        }
    }

    /// The publications after an offset, oldest first; nil where some of them are not held any more.
    public func after(_ offset: Int64) -> ArraySlice<SharedFrame>? {
        guard offset <= head, head - offset <= Int64(count) else { return nil }
        return frames.waiting.suffix(Int(head - offset))
    }

    /// Forgets everything but the position.
    public mutating func removeAll() {
        frames.removeAll()
        bytes = 0
    }

    /// Forgets everything, and goes on after another position.
    mutating func restart(after head: Int64) {
        removeAll()
        self.head = head
    }

    /// The offset of the publication before the first one held.
    var base: Int64 { head - Int64(count) }

    /// Takes in what came before the first one held, as far as there is room.
    mutating func prepend(_ earlier: [SharedFrame]) {
        guard !earlier.isEmpty else { return }
        var whole = HistoryRing(
            countLimit: countLimit, byteLimit: byteLimit, head: base - Int64(earlier.count))
        for frame in earlier + frames.waiting { whole.append(frame) }
        self = whole
    }
}
