import Bytes
import ClientProtocol
import JSON
import Storage
import TestRandom
import Testing

@testable import PubSub
@testable import Rooms

@Suite("Recovery against a model")
struct RecoveryPropertyTests {
    enum Position { case right, otherEpoch, beyond }

    enum Operation {
        case post(Int)
        /// A join with a position so many events back.
        case resume(back: Int, Position)
        case cut(Int)
        /// Retention takes all that is there.
        case forget
        /// The home's loop turns once.
        case breathe
    }

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
        return (0..<120).map { _ in
            switch number(0..<40) {
            case 0..<14: return .post(number(1..<6))
            case 14..<28: return .resume(back: number(0..<20), .right)
            case 28: return .resume(back: number(0..<4), .otherEpoch)
            case 29: return .resume(back: 0, .beyond)
            case 30..<33: return .cut(number(0..<40))
            case 33: return .forget
            default: return .breathe
            }
        }
    }

    @Test(
        "who comes back gets exactly what was missed, as it was told, or a gap that says why (DESIGN 3.1, 3.5)",
        arguments: 0..<16 as Range<UInt64>)
    func holds(seed: UInt64) async throws {
        let failure = try await shortestFailure(of: Self.operations(seed: seed)) { try await Self.run($0) }
        if let failure { Issue.record("\(failure)") }
    }

    private static let limit = 8

    private static func run(_ operations: [Operation]) async throws -> String? {
        var settings = RoomSettings()
        settings.replayEvents = limit
        // Few, so that a join's reading is often older than what the home has kept.
        settings.ringEvents = 4
        settings.graceMilliseconds = 0
        let rig = try await RoomRig(settings)
        let watcher = rig.newHandle()
        guard await rig.joined(watcher, RoomRig.owner), let epoch = rig.log.letters.epoch else {
            return "the owner is not let in"
        }
        var session = Run(rig, watcher, epoch)
        for operation in operations { try await session.perform(operation) }
        await session.settle()
        return session.problem()
    }

    /// One who came back.
    private struct Reader {
        let handle: SubscriberHandle
        let since: Int64
        let position: Position
        let floor: Int64
        var isCut = false
    }

    private struct Run {
        private let rig: RoomRig
        private let watcher: SubscriberHandle
        private let epoch: String
        private var readers: [Reader] = []
        private var posted: Int64 = 0
        private var floor: Int64 = 1

        init(_ rig: RoomRig, _ watcher: SubscriberHandle, _ epoch: String) {
            self.rig = rig
            self.watcher = watcher
            self.epoch = epoch
        }

        mutating func perform(_ operation: Operation) async throws {
            switch operation {
            case .post(let count): for _ in 0..<count { post() }
            case .resume(let back, let position): resume(back, position)
            case .cut(let index) where readers.indices.contains(index):
                readers[index].isCut = true
                rig.post(.gone(room: rig.room, readers[index].handle))
            case .cut: break
            case .forget:
                await settle()
                let later = Timestamp(milliseconds: Timestamp.now().milliseconds + 91 * 86_400_000)
                _ = try await RetentionJob(database: rig.store.database).run(now: later)
                floor = posted + 1
            case .breathe: _ = await rig.people()
            }
        }

        private mutating func post() {
            posted += 1
            var draft = MessageDraft()
            draft.content = "message \(posted)"
            rig.post(
                .act(
                    RoomAct(
                        room: rig.room, .post(draft), author: Author(id: RoomRig.owner, name: "Ann"),
                        reply: .socket(watcher, id: nil))))
        }

        private mutating func resume(_ back: Int, _ position: Position) {
            let handle = rig.newHandle()
            let since = position == .beyond ? posted + 1000 : max(0, posted - Int64(back))
            let reader = Reader(handle: handle, since: since, position: position, floor: floor)
            readers.append(reader)
            rig.post(
                .join(
                    JoinRequest(
                        handle, isDeflating: false, principal: RoomRig.principal("u\(readers.count)"),
                        room: rig.room,
                        since: StreamPosition(
                            epoch: position == .otherEpoch ? "other" : epoch, offset: since),
                        history: 0, invitation: nil, id: "r")))
        }

        /// Waits until all is told that has been asked for.
        func settle() async {
            let waiting = readers.filter { !$0.isCut }.map(\.handle)
            let posted = posted
            _ = await rig.log.wait { letters in
                letters.told(in: rig.room).last ?? 0 >= posted
                    && waiting.allSatisfy { !letters.answers(to: $0).isEmpty }
            }
        }

        func problem() -> String? {
            let letters = rig.log.letters
            if letters.told(in: rig.room) != Array(1..<(posted + 1)) {
                return "told \(letters.told(in: rig.room)) of \(posted)"
            }
            for (number, reader) in readers.enumerated() {
                let view = RecoveryView(reader.handle, letters)
                guard let seq = view.joinedAt else {
                    if reader.isCut { continue }
                    return "reader \(number) is not let in"
                }
                let gap = gap(reader, seq)
                if view.gap != gap {
                    return "reader \(number): gap \(view.gap ?? "none"), not \(gap ?? "none")"
                }
                if view.isRecovered != (gap == nil) {
                    return "reader \(number): recovered \(view.isRecovered)"
                }
                let start = gap == nil ? reader.since : seq
                let end = reader.isCut ? start + Int64(view.seqs.count) : posted
                if view.seqs != Array((start + 1)..<(end + 1)) {
                    return "reader \(number) from \(start) has \(view.seqs)"
                }
                if let problem = view.difference { return "reader \(number): \(problem)" }
            }
            return nil
        }

        /// Why a position cannot be followed, by the contract's words.
        private func gap(_ reader: Reader, _ seq: Int64) -> String? {
            if reader.position != .right { return "epoch" }
            // A resume may be posted before the events that it counts back from are in the store.
            if reader.since > seq { return "epoch" }
            if reader.since < seq, reader.since + 1 < reader.floor { return "retention" }
            return seq - reader.since > Int64(RecoveryPropertyTests.limit) ? "limit" : nil
        }
    }
}

/// The events of a room as one connection has been told them.
private struct RecoveryView {
    private(set) var joinedAt: Int64?
    private(set) var isRecovered = false
    private(set) var gap: String?
    private(set) var seqs: [Int64] = []
    /// An event that came other than it was told live.
    private(set) var difference: String?

    init(_ handle: SubscriberHandle, _ letters: [HubMail]) {
        var live: [Int64: JSONValue] = [:]
        for case .broadcast(_, let frame) in letters {
            if let event = frame.json, let seq = event.eventSeq { live[seq] = event }
        }
        for letter in letters {
            switch letter {
            case .subscribe(handle, _, let first): for frame in first { take(frame.json, live) }
            case .broadcast(_, let frame) where joinedAt != nil: take(frame.json, live)
            default: break
            }
        }
    }

    private mutating func take(_ message: JSONValue?, _ live: [Int64: JSONValue]) {
        guard let message else { return }
        switch message["type"]?.string {
        case "joined":
            joinedAt = message["seq"]?.integer
            isRecovered = message["recovered"]?.bool ?? false
        case "gap": gap = message["reason"]?.string
        default:
            guard let seq = message.eventSeq else { return }
            seqs.append(seq)
            if message != live[seq] { difference = "\(message) was told as \(String(describing: live[seq]))" }
        }
    }
}

extension JSONValue {
    fileprivate var eventSeq: Int64? { self["type"]?.string == "new_message" ? self["seq"]?.integer : nil }
}

extension [HubMail] {
    /// The events told to a room, in their order.
    func told(in room: String) -> [Int64] {
        compactMap { letter in
            guard case .broadcast(room, let frame) = letter else { return nil }
            return frame.json?.eventSeq
        }
    }

    /// The epoch that the first one in was told.
    fileprivate var epoch: String? {
        for case .subscribe(_, _, let first) in self { return first.first?.json?["epoch"]?.string }
        return nil
    }
}
