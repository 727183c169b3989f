import PubSub

/// What was seen of a reader inside the shard, in its order.
enum FanOutObservation: Equatable {
    /// Whether the kernel holds bytes back for it: looked at when a turn begins and after each flush within it.
    case lags(Bool)
    /// The shard has told its owner that it fell behind.
    case fellBehind
    /// The channels whose presence it missed.
    case stale([String])
}

/// The fan-out in its plainest form: each reader's frames in a list, in the order in which they arose.
struct FanOutModel {
    enum State: Equatable {
        case absent
        case live
        /// Closed in order: it gets all that was due, then the end.
        case finished
        /// Closed at once, or too slow: it gets some first part.
        case gone
    }

    struct Reader {
        var state = State.absent
        let isDeflating: Bool
        var channels: Set<Int> = []
        /// Due since the last flush, each with its channel.
        var pending: [(frame: TestFrame, channel: Int?, isRaw: Bool)] = []
        var isLagging = false
        var expected: [UInt8] = []
        var stale: Set<Int> = []
        var observations: [FanOutObservation] = []
    }

    var readers: [Reader]
    private let encode: (TestFrame, Bool) -> [UInt8]

    init(deflating: [Bool], encode: @escaping (TestFrame, Bool) -> [UInt8]) {
        readers = deflating.map { Reader(isDeflating: $0) }
        self.encode = encode
    }

    static let lastWord = Array("bye".utf8)

    /// Lets a turn's operations happen.
    mutating func turn(_ operations: [FanOutOperation], seen: [[FanOutObservation]]) {
        for index in readers.indices {
            readers[index].observations = seen[index]
            if readers[index].state == .live { look(index) }
        }
        for operation in operations { apply(operation) }
        for index in readers.indices { flush(index) }
    }

    private mutating func apply(_ operation: FanOutOperation) {
        switch operation {
        case .come(let index): readers[index].state = .live
        case .broadcast(let channel, let frame):
            for index in readers.indices where readers[index].channels.contains(channel) {
                due(frame, channel, index)
            }
        case .send(let index, let frame): due(frame, nil, index)
        case .append(let index, let frame):
            // Bytes as they are, which must arrive.
            due(frame, nil, index, isRaw: true)
        case .subscribe(let index, let channel, let first):
            for frame in first { due(frame, nil, index) }
            if readers[index].state == .live { readers[index].channels.insert(channel) }
        case .unsubscribe(let index, let channel, let last):
            flush(index)
            look(index)
            readers[index].channels.remove(channel)
            if let last { due(last, nil, index) }
        case .flush(let index):
            flush(index)
            look(index)
        case .farewell(let index):
            flush(index)
            guard readers[index].state == .live else { return }
            readers[index].expected += FanOutModel.lastWord
            readers[index].state = .finished
        case .leave(let index), .hangUp(let index):
            if readers[index].state != .absent { readers[index].state = .gone }
        case .endTurn, .read: break
        }
    }

    private mutating func due(_ frame: TestFrame, _ channel: Int?, _ index: Int, isRaw: Bool = false) {
        if readers[index].state == .live { readers[index].pending.append((frame, channel, isRaw)) }
    }

    private mutating func look(_ index: Int) {
        guard readers[index].state == .live, case .lags(let lags) = readers[index].observations.first else {
            return
        }
        readers[index].observations.removeFirst()
        readers[index].isLagging = lags
    }

    private mutating func flush(_ index: Int) {
        guard readers[index].state == .live else { return }
        for (frame, channel, isRaw) in readers[index].pending {
            if isRaw {
                readers[index].expected += frame.payload
            } else if frame.deliveryClass == .essential || !readers[index].isLagging {
                readers[index].expected += encode(frame, readers[index].isDeflating)
            } else if frame.deliveryClass == .presence, let channel {
                readers[index].stale.insert(channel)
            }
        }
        readers[index].pending = []
        if readers[index].observations.first == .fellBehind { readers[index].state = .gone }
    }
}
