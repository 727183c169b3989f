import PubSub
import TestRandom

/// A message that tells itself from all others by its number.
struct TestFrame: Equatable {
    let number: Int
    let size: Int
    let deliveryClass: DeliveryClass

    /// Its payload: the number, then something that deflate shrinks.
    var payload: [UInt8] {
        let head = Array("#\(number) ".utf8)
        return head + (0..<max(0, size - head.count)).map { UInt8(97 + ($0 + number) % 23) }
    }
}

/// What may happen to a shard; all up to an `endTurn` happens in one turn of its loop.
enum FanOutOperation {
    case come(Int)
    case broadcast(channel: Int, TestFrame)
    case send(Int, TestFrame)
    case subscribe(Int, channel: Int, first: [TestFrame])
    case unsubscribe(Int, channel: Int, last: TestFrame?)
    /// Bytes of its session's own, without mail.
    case append(Int, TestFrame)
    case flush(Int)
    /// What is due, a last word and the end, as a session closes.
    case farewell(Int)
    /// The end at once.
    case leave(Int)
    case endTurn
    /// The peer reads so many bytes, when the turn has ended.
    case read(Int, Int)
    /// The peer goes, when the turn has ended.
    case hangUp(Int)
}

/// Random lists of operations.
struct FanOutScript {
    static let readers = 10
    private static let channels = 4
    private var random: SeededRandom
    private var frames = 0

    /// The operations of a seed.
    static func operations(seed: UInt64, count: Int) -> [FanOutOperation] {
        var script = FanOutScript(random: SeededRandom(seed: seed))
        var operations = (0..<6).map { FanOutOperation.come($0) } + [.endTurn]
        for reader in 0..<6 { operations.append(.subscribe(reader, channel: reader % channels, first: [])) }
        for _ in 0..<count { operations.append(script.next()) }
        return operations + [.endTurn]
    }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func frame() -> TestFrame {
        frames += 1
        let sizes = [12, 40, 130, 900, 5000, 30_000, 70_000]
        let index = min(number(0..<7), number(0..<7))
        let kind: DeliveryClass = [.essential, .essential, .presence, .droppable][number(0..<4)]
        return TestFrame(number: frames, size: sizes[index], deliveryClass: kind)
    }

    private mutating func next() -> FanOutOperation {
        let reader = number(0..<FanOutScript.readers)
        let channel = number(0..<FanOutScript.channels)
        switch number(0..<100) {
        case 0..<30: return .broadcast(channel: channel, frame())
        case 30..<38: return .send(reader, frame())
        case 38..<50:
            let first = number(0..<3) == 0 ? [frame(), frame()] : []
            return .subscribe(reader, channel: channel, first: first)
        case 50..<58: return .unsubscribe(reader, channel: channel, last: number(0..<2) == 0 ? frame() : nil)
        case 58..<62: return .append(reader, frame())
        case 62..<66: return .flush(reader)
        case 66: return .farewell(reader)
        case 67: return .leave(reader)
        case 68..<70: return .come(reader)
        case 70..<80: return .read(reader, number(1..<60_000))
        case 80: return .hangUp(reader)
        default: return .endTurn
        }
    }
}

extension FanOutOperation {
    /// Whose it is.
    var reader: Int? {
        switch self {
        case .broadcast, .endTurn: nil
        case .come(let index), .send(let index, _), .subscribe(let index, _, _),
            .unsubscribe(let index, _, _),
            .append(let index, _), .flush(let index), .farewell(let index), .leave(let index),
            .read(let index, _),
            .hangUp(let index):
            index
        }
    }

    var isComing: Bool { if case .come = self { true } else { false } }

    /// Whether it is the peer's, after the turn.
    var isPeers: Bool {
        switch self {
        case .read, .hangUp: true
        default: false
        }
    }
}
