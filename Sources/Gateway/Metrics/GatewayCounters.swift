import ClientProtocol
import HTTP
import Telemetry

/// What a loop's gateway has done since the start, and what it has.
///
/// Every label comes from a fixed set: routes as they are registered, codes of the catalogues. What a peer can make up
/// (paths, close codes of its own) is counted as one.
struct GatewayCounters: Sendable {
    /// Why a connection was not served.
    enum Refusal: String, CaseIterable { case full, address, person, origin }

    /// What answers to requests are told apart by.
    struct Answer: Hashable {
        let method: String
        let route: String
        let statusClass: Int
    }

    /// How many sessions are in each state.
    struct Sessions: Sendable {
        var awaitingToken = 0
        var live = 0
        var closing = 0
    }

    /// Connections accepted.
    var accepted = 0
    /// Connections that were refused.
    var refused: [Refusal: Int] = [:]
    /// Sessions that began with a good token.
    var sessionsBegun = 0
    /// Sessions on WebSockets there are.
    var sessions = Sessions()
    /// Sessions that read server-sent events.
    var eventStreams = Sessions()
    /// Long polls that wait.
    var polls = 0
    /// HTTP requests answered.
    var answers: [Answer: Int] = [:]
    /// How long they took, by route, in nanoseconds.
    var latencies: [String: Histogram] = [:]
    /// Requests on WebSockets, by ``Command/Kind``.
    var commands = [Int](repeating: 0, count: Command.Kind.allCases.count)
    /// Errors sent on WebSockets by the sessions themselves.
    var refusals: [ErrorCode: Int] = [:]
    /// Errors sent as answers to HTTP requests.
    var problems: [ErrorCode: Int] = [:]
    /// Close frames that the server began with.
    var closesHere: [UInt16: Int] = [:]
    /// Close frames that the client began with; 1006 for ends without one.
    var closesByPeer: [UInt16: Int] = [:]

    /// The close codes that are told apart; all others count as 0.
    static let closeCodes: [UInt16] =
        [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011] + ClosingReason.allCases.map(\.rawValue)
    private static let knownCodes = Set(closeCodes)

    /// Counts the end of a session.
    mutating func count(close code: UInt16, byPeer: Bool) {
        let known = GatewayCounters.knownCodes.contains(code) ? code : 0
        if byPeer { closesByPeer[known, default: 0] += 1 } else { closesHere[known, default: 0] += 1 }
    }

    /// Counts an answer.
    mutating func count(_ method: String, _ route: String, status: Int, nanoseconds: Int64) {
        answers[Answer(method: method, route: route, statusClass: status / 100), default: 0] += 1
        latencies[route, default: Histogram(HistogramBounds.request)].observe(nanoseconds)
    }
}
