import Reactor

/// Asks one of several servers where others are: at once, whenever that may have changed, and now and then.
///
/// It stays with whom it asks, and goes on to the next where that one is away or has no answer.
final class RedisGuide: RedisConnectionOwner, TimerTarget {
    /// Questions that follow each other are at least so far apart.
    private static let pause: Int64 = 100
    /// How long the next one is asked after, where the last one's answer is in doubt.
    private static let doubt: Int64 = 500

    private let loop: EventLoop
    private let question: [RedisArgument]
    private let interval: Int64
    /// What an answer is used for; says why where it is of no use.
    private let heard: (RedisReply) -> String?
    private let kind: RedisGreeting.Kind
    private let settings: RedisSettings
    private lazy var connection = RedisConnection(
        loop, addresses.first, settings, role: .guide, kind: kind, owner: self)
    private var place = 0
    private var isAsking = false
    private var askedAt: Int64 = 0
    private var timer = TimerID.none
    /// Whom it may ask.
    var addresses: [RedisAddress]
    /// Whether what it was told may be out of date: then others are asked, one after the other.
    var isTroubled = false
    /// Hears who has no answer, and why.
    var onFailure: ((String) -> Void)?

    init(
        _ loop: EventLoop, _ settings: RedisSettings, _ kind: RedisGreeting.Kind, _ addresses: [RedisAddress],
        question: [RedisArgument], every interval: Int64, _ heard: @escaping (RedisReply) -> String?
    ) {
        self.loop = loop
        self.settings = settings
        self.kind = kind
        self.addresses = addresses
        self.question = question
        self.interval = interval
        self.heard = heard
    }

    func start() { connection.start() }

    /// Who is asked at present.
    var address: RedisAddress? { connection.address }

    /// Something is not where it was.
    func ask() {
        guard connection.state == .ready, !isAsking else { return }
        wait(max(0, askedAt + RedisGuide.pause - loop.now))
    }

    private func turn() -> RedisAddress? {
        guard !addresses.isEmpty else { return nil }
        place = (place + 1) % addresses.count
        return addresses[place]
    }

    private func wait(_ milliseconds: Int64) {
        loop.cancelTimer(&timer)
        timer = loop.startTimer(after: milliseconds, kind: 0, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        guard isTroubled, addresses.count > 1, loop.now - askedAt >= RedisGuide.doubt / 2 else {
            return put()
        }
        isTroubled = false
        connection.move(to: turn())
    }

    private func put() {
        guard connection.state == .ready, !isAsking else { return }
        isAsking = true
        askedAt = loop.now
        connection.send(question) { [weak self] in self?.answered($0) }
    }

    private func answered(_ result: Result<RedisReply, RedisError>) {
        isAsking = false
        guard case .success(let reply) = result else { return }
        // Loops do not ask in step.
        let complaint = heard(reply)
        let length = isTroubled ? RedisGuide.doubt : interval
        wait(length / 2 + Int64.random(in: 0...length))
        if let complaint { connection.giveUp(complaint) }
    }

    func connected(_ connection: RedisConnection) { put() }

    func disconnected(_ connection: RedisConnection) { loop.cancelTimer(&timer) }

    func failed(_ connection: RedisConnection, _ words: String) {
        onFailure?("\(connection.address?.name ?? ""): \(words)")
        if let next = turn() { connection.tryNext(next) }
    }
}
