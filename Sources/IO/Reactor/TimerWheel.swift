/// Whoever waits for a timer.
public protocol TimerTarget: AnyObject {
    /// A timer that this object started has run out; it is gone and may be started anew.
    ///
    /// - Parameter kind: What the starter gave it, to tell its timers apart.
    func timerFired(kind: UInt8)
}

/// A started timer, for cancelling it.
public struct TimerID: Equatable, Sendable {
    let slot: UInt32
    let generation: UInt32
    /// No timer.
    public static let none = TimerID(slot: .max, generation: 0)
}

/// Timers of one event loop: a hierarchical timing wheel (Varghese and Lauck, 1987), O(1) to start and to cancel.
///
/// ```
///   level 0   256 slots of 1 tick          each slot: a doubly linked list of nodes in one slab
///   level 1    64 slots of 256 ticks
///   level 2    64 slots of 16,384 ticks    a slot's timers move one level down when their time comes near
///   level 3    64 slots of 1,048,576 ticks (a timer beyond 186 hours waits in its last slot and is put back)
/// ```
/// A tick is 10 ms; a timer fires at the first tick at or after its deadline.
struct TimerWheel {
    /// One tick's length.
    static let tickMilliseconds: Int64 = 10

    private struct Node {
        var next: UInt32
        var previous: UInt32
        var generation: UInt32
        var list: UInt16  // index into `heads`, for unlinking; `unlisted` when the node is free
        var kind: UInt8
        var deadline: Int64
        // Strong: whoever starts a timer cancels it before it goes; a weak reference would cost an allocation each.
        var target: (any TimerTarget)?
    }

    private static let absent = UInt32.max
    private static let unlisted = UInt16.max
    private static let shifts: [Int64] = [0, 8, 14, 20]
    private static let sizes: [Int64] = [256, 64, 64, 64]
    private static let offsets: [Int] = [0, 256, 320, 384]

    private var heads = [UInt32](repeating: TimerWheel.absent, count: 448)
    private var occupied = InlineArray<4, UInt64>(repeating: 0)  // level 0's non-empty slots
    private var nodes: [Node] = []
    private var free = TimerWheel.absent
    private var tick: Int64
    /// How many timers are running.
    private(set) var count = 0

    /// A wheel that starts at a moment of the monotonic clock.
    init(now milliseconds: Int64) { tick = milliseconds / TimerWheel.tickMilliseconds }

    /// Starts a timer.
    mutating func start(deadline milliseconds: Int64, kind: UInt8, target: any TimerTarget) -> TimerID {
        let deadline = max(
            tick + 1, (milliseconds + TimerWheel.tickMilliseconds - 1) / TimerWheel.tickMilliseconds)
        let index: UInt32
        if free != TimerWheel.absent {
            index = free
            free = nodes[Int(index)].next
        } else {
            index = UInt32(nodes.count)
            nodes.append(
                Node(
                    next: 0, previous: 0, generation: 0, list: TimerWheel.unlisted, kind: 0, deadline: 0,
                    target: nil))
        }
        nodes[Int(index)].deadline = deadline
        nodes[Int(index)].kind = kind
        nodes[Int(index)].target = target
        link(index)
        count += 1
        return TimerID(slot: index, generation: nodes[Int(index)].generation)
    }

    /// Stops a timer; one that has fired or was stopped already is left alone.
    mutating func cancel(_ id: TimerID) {
        guard id.slot != TimerWheel.absent, Int(id.slot) < nodes.count,
            nodes[Int(id.slot)].generation == id.generation, nodes[Int(id.slot)].list != TimerWheel.unlisted
        else { return }
        unlink(id.slot)
        recycle(id.slot)
    }

    /// Milliseconds of the monotonic clock at which something is to be done, at the latest; nil without timers.
    func nextDeadline() -> Int64? {
        guard count > 0 else { return nil }
        let position = Int(tick & 255)
        var distance = 1
        while distance <= 256 {
            let slot = (position + distance) & 255
            // Level 0 holds only what is due before its end of round; a round's end moves timers down.
            if occupied[slot >> 6] & (1 << UInt64(slot & 63)) != 0 || slot == 0 { break }
            distance += 1
        }
        return (tick + Int64(distance)) * TimerWheel.tickMilliseconds
    }

    /// Moves on to the present and gives every timer that has run out to `fire`.
    mutating func advance(to milliseconds: Int64, _ due: inout [(target: any TimerTarget, kind: UInt8)]) {
        let now = milliseconds / TimerWheel.tickMilliseconds
        if count == 0 {
            tick = max(tick, now)
            return
        }
        while tick < now {
            tick += 1
            if tick & 255 == 0 { cascade() }
            expire(list: Int(tick & 255), &due)
            if count == 0 { tick = now }
        }
    }

    private mutating func expire(list: Int, _ due: inout [(target: any TimerTarget, kind: UInt8)]) {
        while heads[list] != TimerWheel.absent {
            let index = heads[list]
            unlink(index)
            if nodes[Int(index)].deadline > tick {
                link(index)
                continue
            }
            if let target = nodes[Int(index)].target { due.append((target, nodes[Int(index)].kind)) }
            recycle(index)
        }
    }

    private mutating func cascade() {
        for level in 1...3 {
            let slot = (tick >> TimerWheel.shifts[level]) & (TimerWheel.sizes[level] - 1)
            let list = TimerWheel.offsets[level] + Int(slot)
            var index = heads[list]
            heads[list] = TimerWheel.absent
            while index != TimerWheel.absent {
                let next = nodes[Int(index)].next
                link(index)
                index = next
            }
            if slot != 0 { break }
        }
    }

    private mutating func link(_ index: UInt32) {
        let distance = nodes[Int(index)].deadline - tick
        var level = 0
        while level < 3, distance >= TimerWheel.sizes[level] << TimerWheel.shifts[level] { level += 1 }
        // Beyond the last level's reach: as far out as it goes, to be linked anew from there.
        let reach = min(distance, (TimerWheel.sizes[level] << TimerWheel.shifts[level]) - 1)
        let slot = ((tick + reach) >> TimerWheel.shifts[level]) & (TimerWheel.sizes[level] - 1)
        let list = TimerWheel.offsets[level] + Int(slot)
        let head = heads[list]
        nodes[Int(index)].next = head
        nodes[Int(index)].previous = TimerWheel.absent
        nodes[Int(index)].list = UInt16(list)
        if head != TimerWheel.absent { nodes[Int(head)].previous = index }
        heads[list] = index
        if list < 256 { occupied[list >> 6] |= 1 << UInt64(list & 63) }
    }

    private mutating func unlink(_ index: UInt32) {
        let node = nodes[Int(index)]
        if node.previous != TimerWheel.absent {
            nodes[Int(node.previous)].next = node.next
        } else {
            heads[Int(node.list)] = node.next
            if node.next == TimerWheel.absent, node.list < 256 {
                occupied[Int(node.list) >> 6] &= ~(1 << UInt64(node.list & 63))
            }
        }
        if node.next != TimerWheel.absent { nodes[Int(node.next)].previous = node.previous }
        nodes[Int(index)].list = TimerWheel.unlisted
    }

    private mutating func recycle(_ index: UInt32) {
        nodes[Int(index)].target = nil
        nodes[Int(index)].generation &+= 1
        nodes[Int(index)].list = TimerWheel.unlisted
        nodes[Int(index)].next = free
        free = index
        count -= 1
    }
}
