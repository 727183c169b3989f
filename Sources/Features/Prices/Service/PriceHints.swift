import JSON
public import PubSub
public import Reactor

/// Carries ``PriceHint``s between the processes of a service, on the loop of the desk of prices.
///
/// Hints of a kind that come faster than ``pauseMilliseconds`` are one: they say that there is something, not what.
public final class PriceHints: BrokerListener, TimerTarget {
    /// The pause between two hints of a kind.
    private static let pauseMilliseconds: Int64 = 10
    private static let hintTimer: UInt8 = 0
    private static let listenersTimer: UInt8 = 1
    /// How often it is told again who listens to candles: the one who makes them may be new, or have missed it.
    private static let listenersMilliseconds: Int64 = 15_000
    /// Channels that one hint names.
    private static let channelLimit = 200

    private let loop: EventLoop
    private let mailbox: Mailbox<PriceHint>
    private let broker: any Broker
    private let topics: Mailbox<TopicMail>
    private let hear: @Sendable (PriceHint) -> Void
    private let reach: @Sendable (Bool) -> Void
    private let channel = BrokerChannel(.prices)
    /// When each kind was said last, and which are to be said.
    private var saidAt: [String: Int64] = [:]
    private var due: Set<String> = []
    /// Channels of candles that somebody here listens to, or did a while ago.
    private var listened: Set<String> = []

    /// Hints on their loop's thread, which reads `mailbox` from now on.
    ///
    /// - Parameters:
    ///   - hear: Hears what other processes say, and what candles are wanted here.
    ///   - reach: Hears whether other processes can be heard at the moment.
    public init(
        _ loop: EventLoop, _ mailbox: Mailbox<PriceHint>, broker: any Broker, topics: Mailbox<TopicMail>,
        hear: @escaping @Sendable (PriceHint) -> Void, reach: @escaping @Sendable (Bool) -> Void
    ) {
        self.loop = loop
        self.mailbox = mailbox
        self.broker = broker
        self.topics = topics
        self.hear = hear
        self.reach = reach
        loop.attach(mailbox) { [unowned self] mail in for hint in mail { receive(hint) } }
        broker.subscribe(to: channel, self)
        startTimer(PriceHints.listenersTimer, after: PriceHints.listenersMilliseconds)
    }

    private func receive(_ hint: PriceHint) {
        switch hint {
        case .candlesWanted(let channels):
            listened.formUnion(channels)
            want(channels)
        case .candlesMoved:
            say(hint.type)
            tellListeners()
        case .alertsLogged, .ticksOwed: say(hint.type)
        }
    }

    // MARK: Saying

    private func say(_ type: String) {
        let wait = (saidAt[type] ?? .min / 2) + PriceHints.pauseMilliseconds - loop.now
        if wait <= 0 { return publish(type) }
        if due.isEmpty { startTimer(PriceHints.hintTimer, after: wait) }
        due.insert(type)
    }

    private func publish(_ type: String, _ channels: ArraySlice<String> = []) {
        saidAt[type] = loop.now
        var writer = JSONWriter(capacity: 64 + channels.count * 32)
        writer.beginObject()
        writer.field("type", type)
        writer.field("from", broker.instance)
        if !channels.isEmpty {
            writer.key("channels")
            writer.beginArray()
            for channel in channels { writer.value(channel) }
            writer.endArray()
        }
        writer.endObject()
        broker.publish(writer.span, to: channel)
    }

    /// Says what is listened to here, to others and to who is here.
    private func want(_ channels: [String]) {
        guard !channels.isEmpty else { return }
        hear(.candlesWanted(channels))
        for first in stride(from: 0, to: channels.count, by: PriceHints.channelLimit) {
            let end = min(first + PriceHints.channelLimit, channels.count)
            publish("candles_wanted", channels[first..<end])
        }
    }

    /// Looks which channels somebody still listens to, and says these again.
    private func tellListeners() {
        guard !listened.isEmpty else { return }
        let mailbox = mailbox
        let asked = listened
        listened = []
        topics.post(.listened(Array(asked)) { mailbox.post(.candlesWanted($0)) })
    }

    private func startTimer(_ kind: UInt8, after milliseconds: Int64) {
        _ = loop.startTimer(after: milliseconds, kind: kind, target: self)
    }

    /// Hints are said that had to wait, or what is listened to is said again.
    public func timerFired(kind: UInt8) {
        if kind == PriceHints.listenersTimer {
            startTimer(kind, after: PriceHints.listenersMilliseconds)
            return tellListeners()
        }
        let types = due
        due = []
        for type in types { publish(type) }
    }

    // MARK: Hearing

    /// Another process says something.
    public func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel) {
        guard let value = try? JSONValue(parsing: payload.span), value["from"]?.string != broker.instance,
            let hint = PriceHint(value)
        else { return }
        if hint == .candlesMoved { tellListeners() }
        hear(hint)
    }

    /// What was said while nobody listened may have been anything: all of it is looked at.
    public func brokerSubscribed(to channel: BrokerChannel) {
        reach(true)
        hear(.alertsLogged)
        hear(.ticksOwed)
        tellListeners()
    }

    /// From now on what others say is not heard.
    public func brokerLost(_ channel: BrokerChannel) { reach(false) }
    /// Of people nothing is said here.
    public func brokerForgotPeople() {}
    /// What could not be said is said now.
    public func brokerCanPublish() {
        for hint in [PriceHint.alertsLogged, .ticksOwed] { say(hint.type) }
        tellListeners()
    }
}

extension PriceHint {
    fileprivate var type: String {
        switch self {
        case .alertsLogged: "alerts_logged"
        case .ticksOwed: "ticks_owed"
        case .candlesMoved: "candles_moved"
        case .candlesWanted: "candles_wanted"
        }
    }

    /// What another process said; nil where it is nothing that this one knows.
    fileprivate init?(_ value: JSONValue) {
        switch value["type"]?.string {
        case "alerts_logged": self = .alertsLogged
        case "ticks_owed": self = .ticksOwed
        case "candles_moved": self = .candlesMoved
        case "candles_wanted":
            self = .candlesWanted(value["channels"]?.array?.compactMap(\.string) ?? [])
        default: return nil
        }
    }
}
