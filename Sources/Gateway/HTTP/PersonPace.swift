import ClientProtocol
import Identity
import PubSub
import Reactor
import Rooms

/// How fast one person may ask over HTTP: as fast as on one connection of the socket, and fewer rooms than that; over all
/// processes that serve together.
///
/// Service keys speak for programs and have a pace of their own. The operator is not counted.
struct PersonPace: Sendable {
    private let requests: TrailingLimiter
    private let made: SharedLimiter
    private let people: RateQuota
    private let keys: RateQuota
    private let rooms: RateQuota

    init(_ settings: GatewaySettings, _ rates: (any SharedRates)? = nil) {
        requests = TrailingLimiter("requests", rates)
        made = SharedLimiter("rooms", rates)
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
        let now = MonotonicClock.milliseconds()
        guard let excess = requests.excess(PersonPace.key(person), quota, now: now) else { return }
        throw .beyond(excess, "requests", "Too many requests at once.")
    }

    /// Counts a room that is made.
    ///
    /// - Throws: ``ClientError`` beyond the number.
    func takeRoom(_ person: Principal) async throws(ClientError) {
        guard !person.isOperator else { return }
        let now = MonotonicClock.milliseconds()
        guard let excess = await made.excess(PersonPace.key(person), rooms, now: now) else { return }
        throw .beyond(excess, "rooms", "You have made too many rooms in an hour. Wait a while.")
    }

    private static func key(_ person: Principal) -> String { "\(person.tenant) \(person.user)" }
}
