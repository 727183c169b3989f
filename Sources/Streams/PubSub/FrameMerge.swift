import Reactor

/// Merges frames of several turn buffers by the order in which they arose.
///
/// Frames that follow one another in a buffer become one slice.
struct FrameMerge {
    private struct Source {
        let buffer: TurnBuffer
        let marks: [FrameMark]
        let channel: ChannelState?
        var next: Int
        var position: Int
    }

    private let lagging: Bool
    private var sources: [Source] = []
    private(set) var droppedHints = 0
    private(set) var heldPresence = 0
    private(set) var stalePresence: [String] = []
    /// Channels with values that were left out.
    private(set) var heldValues: [ChannelState] = []

    /// - Parameter lagging: Whether hints, presence and values are left out.
    init(lagging: Bool) { self.lagging = lagging }

    /// Adds a buffer's frames from a byte on.
    mutating func add(_ frames: TurnFrames, from start: Int, channel: ChannelState?) {
        let marks = frames.marks
        // Marks are in the order of their ends.
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].end <= start { low = middle + 1 } else { high = middle }
        }
        guard low < marks.count else { return }
        sources.append(
            Source(buffer: frames.buffer, marks: marks, channel: channel, next: low, position: start))
    }

    /// Appends the slices in order.
    mutating func run(into slices: inout [Slice]) {
        while let index = earliest() {
            let mark = sources[index].marks[sources[index].next]
            let start = sources[index].position
            sources[index].position = mark.end
            sources[index].next += 1
            guard keeps(mark, of: sources[index].channel) else { continue }
            if let last = slices.last, last.buffer === sources[index].buffer, last.end == start {
                slices[slices.count - 1] = Slice(last.buffer, last.start, mark.end)
            } else {
                slices.append(Slice(sources[index].buffer, start, mark.end))
            }
        }
    }

    private func earliest() -> Int? {
        var best: Int?
        var bestStamp = UInt64.max
        for index in sources.indices where sources[index].next < sources[index].marks.count {
            let stamp = sources[index].marks[sources[index].next].stamp
            if stamp < bestStamp { (best, bestStamp) = (index, stamp) }
        }
        return best
    }

    private mutating func keeps(_ mark: FrameMark, of channel: ChannelState?) -> Bool {
        guard lagging else { return true }
        switch mark.deliveryClass {
        case .essential:
            return true
        case .droppable:
            droppedHints += 1
        case .presence:
            heldPresence += 1
            if let channel, !stalePresence.contains(channel.name) { stalePresence.append(channel.name) }
        case .value:
            // A message for this reader alone has no newer one that would come in its place.
            guard let channel else { return true }
            if heldValues.last !== channel { heldValues.append(channel) }
        }
        return false
    }
}
