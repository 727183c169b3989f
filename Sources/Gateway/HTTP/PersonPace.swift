import ClientProtocol
import Identity
import Reactor
import Rooms

/// How fast one person may ask over HTTP: as fast as on one connection of the socket, and fewer rooms than that.
///
/// Service keys speak for programs and have a pace of their own. The operator is not counted.
struct PersonPace: Sendable {
    private let limiter = RateLimiter()
    private let people: RateQuota
    private let keys: RateQuota
    private let rooms: RateQuota

    init(_ settings: GatewaySettings) {
        people = PersonPace.quota(settings.commandsPerSecond)
        keys = PersonPace.quota(settings.keyCommandsPerSecond)
        rooms = .hour(settings.roomsPerHour)
    }

    /// Twice as many at once as in a second, as on a connection.
    private static func quota(_ perSecond: Int) -> RateQuota { RateQuota(2 * perSecond, per: 2000) }

    /// Counts a request, or one of several things that a request does.
    ///
    /// - Throws: ``ClientError`` beyond the pace.
    func take(_ person: Principal) throws(ClientError) {
        guard !person.isOperator else { return }
        let quota = person.scopes == nil ? people : keys
        try take("requests", person, quota, "Too many requests at once.")
    }

    /// Counts a room that is made.
    ///
    /// - Throws: ``ClientError`` beyond the number.
    func takeRoom(_ person: Principal) throws(ClientError) {
        guard !person.isOperator else { return }
        try take("rooms", person, rooms, "You have made too many rooms in an hour. Wait a while.")
    }

    private func take(
        _ name: String, _ person: Principal, _ quota: RateQuota, _ sentence: String
    ) throws(ClientError) {
        let key = "\(name) \(person.tenant) \(person.user)"
        guard let excess = limiter.excess(key, quota, now: MonotonicClock.milliseconds()) else { return }
        throw .beyond(excess, name, sentence)
    }
}
