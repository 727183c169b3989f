/// What the broker of topics has done since the start, and what it has.
public struct TopicCounters: Sendable {
    /// Topics that exist.
    public internal(set) var topics = 0
    /// People's own channels that have a position: somebody was told something or asked.
    public internal(set) var personal = 0
    /// Bytes of publications kept for recovery.
    public internal(set) var ringBytes = 0
    /// Publications accepted.
    public internal(set) var publications = 0
    /// Publications sent again to clients that came back.
    public internal(set) var replayed = 0
    /// Clients that could not get what they missed: more than the ring holds.
    public internal(set) var limitGaps = 0
    /// The same: another numbering, as after a restart.
    public internal(set) var epochGaps = 0
    /// Publications that did not come from another process and were asked for.
    public internal(set) var healed = 0
    /// What other services said on topics' channels that is no JSON object.
    public internal(set) var foreignRefused = 0
}
