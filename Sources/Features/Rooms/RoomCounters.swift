/// What the rooms of one loop have done since the start, and what they have.
public struct RoomCounters: Sendable {
    /// Why a connection is in a room no longer.
    public enum Departure: String, CaseIterable, Sendable {
        /// The client asked for it.
        case requested
        /// The connection ended.
        case gone
        /// Somebody removed the person, or the room was archived.
        case removed
    }

    /// Nothing counted yet.
    public init() {}

    /// Connections that joined a room.
    public internal(set) var joins = 0
    /// Connections that left one.
    public internal(set) var leaves: [Departure: Int] = [:]
    /// Events sent again to clients that came back.
    public internal(set) var replayed = 0
    /// Clients that could not get what they missed, by the wire's reason.
    public internal(set) var gaps: [String: Int] = [:]
    /// Events of other processes that did not come by themselves and were read from the store.
    public internal(set) var healed = 0
    /// Receipts told to senders: of messages that all had, and that all had read.
    public internal(set) var receipts = (delivered: 0, read: 0)
    /// Messages on the rooms' channels of the broker that nobody of us sends so.
    public internal(set) var foreignRefused = 0
    /// Rooms in memory.
    public internal(set) var rooms = 0
    /// People present, counted once in each room; those within the grace too.
    public internal(set) var people = 0
    /// Bytes of events kept for those who come back.
    public internal(set) var ringBytes = 0
}
