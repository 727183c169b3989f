/// The little that fan-out needs of each connection, side by side in memory.
///
/// A broadcast to thousands touches thousands of connections; each object on the way to a descriptor is a miss of the
/// cache, and together these cost more than all else of a delivery that is not the kernel's. A lane is eight bytes.
/// Owned by an event loop and touched by its thread alone.
///
/// Unsafe inside: `lanes` always points to `capacity` initialised lanes; every access checks its index first.
@safe public final class LaneTable {
    /// What a connection is to those who send to many.
    @usableFromInline struct Lane {
        @usableFromInline var descriptor: CInt = -1
        /// Whether bytes may go to the descriptor at once: open, without TLS, nothing held back before them.
        @usableFromInline var isDirect = false
        /// The hub's remark of this turn; 0 for none.
        @usableFromInline var note: UInt16 = 0

        @usableFromInline init() {}
    }

    @usableFromInline private(set) var capacity = 0
    @usableFromInline private(set) var lanes: UnsafeMutablePointer<Lane>

    init() {
        capacity = 64
        unsafe lanes = .allocate(capacity: capacity)
        unsafe lanes.initialize(repeating: Lane(), count: capacity)
    }

    deinit { unsafe lanes.deallocate() }

    /// Says what a connection is now.
    func set(_ lane: UInt32, descriptor: CInt, isDirect: Bool) {
        let index = Int(lane)
        if index >= capacity { grow(to: max(index + 1, capacity * 2)) }
        unsafe lanes[index].descriptor = descriptor
        unsafe lanes[index].isDirect = isDirect
    }

    /// Forgets a connection.
    func clear(_ lane: UInt32) { if Int(lane) < capacity { unsafe lanes[Int(lane)] = Lane() } }

    private func grow(to count: Int) {
        let larger = UnsafeMutablePointer<Lane>.allocate(capacity: count)
        unsafe larger.moveInitialize(from: lanes, count: capacity)
        unsafe (larger + capacity).initialize(repeating: Lane(), count: count - capacity)
        unsafe lanes.deallocate()
        unsafe lanes = larger
        capacity = count
    }

    /// The hub's remark about a lane.
    @inlinable public subscript(_ lane: UInt32) -> UInt16 {
        get {
            precondition(Int(lane) < capacity)
            return unsafe lanes[Int(lane)].note
        }
        set {
            precondition(Int(lane) < capacity)
            unsafe lanes[Int(lane)].note = newValue
        }
    }

    /// Sends bytes straight to the descriptor.
    ///
    /// - Returns: How many the kernel took; 0 where it takes none now, or where the connection is not one for this.
    public func send(_ bytes: Span<UInt8>, to lane: UInt32) -> Int {
        precondition(Int(lane) < capacity)
        let entry = unsafe lanes[Int(lane)]
        guard entry.isDirect else { return 0 }
        guard case .bytes(let sent) = Socket.send(entry.descriptor, bytes) else { return 0 }
        return sent
    }
}
