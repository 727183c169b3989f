import Bytes
import ClientProtocol
import HTTP
public import Identity
import JSON
import PubSub
import Reactor

/// Bounds of requests for prices and data, by tier.
public struct MeterSettings: Sendable {
    /// Requests in an hour; 0 for no limit.
    public var counts = Dictionary(uniqueKeysWithValues: RequestTier.allCases.map { ($0, $0.usualCount) })
    /// The tier of people of whom neither a record nor a token says one.
    public var standard = RequestTier.free
    /// Where people get more; empty for nowhere.
    public var upgradeURL = ""

    /// The usual ones.
    public init() {}
}

/// Counts the requests of people against their tiers, over all processes.
struct Meter: Sendable {
    /// What is left to somebody behind a request.
    struct Reading: Sendable {
        fileprivate let tier: RequestTier
        fileprivate let quota: RateQuota
        fileprivate let key: String
        fileprivate let now: Int64
        fileprivate var verdict: RateVerdict
    }

    private let limiter: SharedLimiter
    private let settings: MeterSettings
    private let tiers: TierService

    init(_ settings: MeterSettings, _ tiers: TierService, _ rates: (any SharedRates)?) {
        limiter = SharedLimiter("tier", rates)
        self.settings = settings
        self.tiers = tiers
    }

    /// The tier of a person: as recorded here, else by their token, else the usual one.
    ///
    /// - Returns: Nil for the operator and for service keys without a record: they are the operator's own programs.
    func tier(of person: Principal) -> RequestTier? {
        if let tier = tiers.tier(of: person.key) ?? person.tier { return tier }
        return person.isOperator || person.scopes != nil ? nil : settings.standard
    }

    /// How many requests a person has in an hour; nil where nothing is counted.
    func allowance(of person: Principal) -> (tier: RequestTier, count: Int)? {
        guard let tier = tier(of: person), let count = settings.counts[tier], count > 0 else { return nil }
        return (tier, count)
    }

    /// Whether what is taken here has to be asked about elsewhere.
    var isShared: Bool { limiter.isShared }

    /// Whether channels carry prices or what comes of them: asking for these is a request for data, what is told on them
    /// is not. Who goes on from a place asks for nothing new, so that cuts and long polls use nothing up.
    static func counts(_ channels: [String], since: [String: StreamPosition]) -> Bool {
        channels.contains { channel in
            switch StreamKind(channel) {
            case .price, .candles, .anomalies, .risk, .portfolio, .watchlist: since[channel] == nil
            case .topic, .leaderboard, nil: false
            }
        }
    }

    /// Counts a request at this process; ``confirm(_:)`` has to follow.
    ///
    /// - Returns: Nil where nothing is counted.
    func take(_ person: Principal) -> Reading? {
        guard let (tier, count) = allowance(of: person) else { return nil }
        let quota = RateQuota.hour(count)
        let (key, now) = ("\(person.tenant) \(person.user)", MonotonicClock.milliseconds())
        let verdict = limiter.takeHere(key, quota, now: now)
        return Reading(tier: tier, quota: quota, key: key, now: now, verdict: verdict)
    }

    /// Counts what this process lets go on at all of them.
    ///
    /// - Returns: What the answer tells.
    func confirm(_ reading: Reading) async -> Reading {
        var reading = reading
        reading.verdict = await limiter.confirm(
            reading.verdict, reading.key, reading.quota, now: reading.now)
        return reading
    }

    /// The refusal of a request beyond the quota; nil where it is within.
    func refusal(_ reading: Reading, now: Timestamp = .now()) -> ClientError? {
        guard reading.verdict.wait > 0 else { return nil }
        let tier = reading.tier.rawValue
        let minutes = (reading.verdict.reset + 59_999) / 60_000
        var words =
            "Your tier \"\(tier)\" has \(reading.quota.count) requests an hour. All of them are there again in "
            + "\(minutes) min."
        if !settings.upgradeURL.isEmpty { words += " More: \(settings.upgradeURL)" }
        let error = ClientError(.rateLimited, words, retryAfter: reading.verdict.wait)
        let upgrade = settings.upgradeURL
        return error.detailed([
            JSONMember("tier", .string(tier)), JSONMember("limit", .integer(reading.quota.count)),
            JSONMember("window_ms", .integer(reading.quota.milliseconds)),
            JSONMember("remaining", .integer(0)),
            JSONMember("reset_at", .integer(now.milliseconds + reading.verdict.reset)),
            JSONMember("upgrade_url", upgrade.isEmpty ? .null : .string(upgrade)),
        ])
    }
}

extension Meter.Reading {
    /// Tells it in an answer's fields (draft-ietf-httpapi-ratelimit-headers-10): the tier's quota and window, what is
    /// left, and in how many seconds all of it is there again.
    func write(to response: inout HTTPResponse) {
        let seconds = (verdict.reset + 999) / 1000
        response.headers.set(
            "ratelimit-policy", "\"\(tier.rawValue)\";q=\(quota.count);w=\(quota.milliseconds / 1000)")
        response.headers.set("ratelimit", "\"\(tier.rawValue)\";r=\(verdict.remaining);t=\(seconds)")
    }
}

extension [Route] {
    /// The same, counted against people's tiers: for prices and data, not for chat and pages.
    func metered() -> [Route] {
        map { route in
            var route = route
            route.isMetered = true
            return route
        }
    }
}
