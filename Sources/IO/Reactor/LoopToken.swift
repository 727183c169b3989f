/// What epoll hands back for a ready descriptor: a slot of the loop's table and the slot's generation.
///
/// A descriptor that was closed and whose number was used again within one batch of events would otherwise get
/// the old one's events; its slot has another generation by then, and they are dropped.
struct LoopToken: Equatable {
    var slot: UInt32
    var generation: UInt32

    /// Both in 64 bits, as epoll carries them.
    var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(rawValue: UInt64) {
        slot = UInt32(truncatingIfNeeded: rawValue)
        generation = UInt32(truncatingIfNeeded: rawValue >> 32)
    }
}
