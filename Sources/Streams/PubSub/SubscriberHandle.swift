/// A connection's subscriber as other threads may hold it.
///
/// A handle whose subscriber is gone is harmless: what is sent to it is dropped.
public struct SubscriberHandle: Hashable, Sendable {
    /// The event loop that owns it.
    public let shard: UInt16
    let slot: UInt32
    let generation: UInt32
}
