/// Bounds and times of rooms.
public struct RoomSettings: Sendable {
    /// How long a person whose last connection was cut stays present, in milliseconds.
    public var graceMilliseconds: Int64 = 5000
    /// People up to which a room announces each arrival by a message of its own.
    public var announcedPeople = 100
    /// How often a larger room tells of arrivals and departures, in milliseconds.
    public var diffMilliseconds: Int64 = 1000
    /// Events that a returning client may have replayed at most; beyond that it gets a `gap`.
    public var replayEvents = 1000
    /// Bytes that these may have; more would close a client that cannot take them at once as slow, again and again.
    public var replayBytes = 524_288
    /// Whether every signed-in person may create rooms.
    public var anyoneMayCreate = true
    /// Events that each room keeps in memory to bridge a join's reading and the live stream.
    public var ringEvents = 256

    /// People present beyond whom a room gives no receipts.
    public var receiptPeople = 250

    /// How often the positions of rooms are compared with the store, where other processes write too.
    public var compareMilliseconds: Int64 = 30_000

    /// The defaults.
    public init() {}
}
