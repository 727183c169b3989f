import Outbound
import PubSub
import Reactor
import StoaTesting
import Synchronization

@testable import RedisPubSub

/// A broker on a loop of its own, as one process of several would have it, with what it told.
final class BrokerHost: Sendable {
    /// What a broker tells its listener.
    enum Event: Equatable, Sendable {
        case delivered(BrokerChannel, String)
        case subscribed(BrokerChannel)
        case lost(BrokerChannel)
        case forgot
    }

    /// Loop-bound: made, used and held by the loop alone.
    private final class Part: BrokerListener {
        let broker: RedisBroker
        let diary: Diary

        init(_ broker: RedisBroker, _ diary: Diary) {
            self.broker = broker
            self.diary = diary
        }

        func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel) {
            diary.note(.delivered(channel, String(decoding: payload, as: UTF8.self)))
        }
        func brokerSubscribed(to channel: BrokerChannel) { diary.note(.subscribed(channel)) }
        func brokerLost(_ channel: BrokerChannel) { diary.note(.lost(channel)) }
        func brokerForgotPeople() { diary.note(.forgot) }
        func brokerCanPublish() {}
    }

    private let loop: LoopHost
    private let mailbox: Mailbox<@Sendable (RedisBroker, any BrokerListener) -> Void>
    private let diary = Diary()
    /// What processes have in common.
    let shared: SharedRedis

    /// What was heard; outlives the loop's last turn.
    private final class Diary: Sendable {
        private let heard = Mutex<[Event]>([])
        var events: [Event] { heard.withLock { $0 } }
        func note(_ event: Event) { heard.withLock { $0.append(event) } }
    }

    init(_ instance: String, _ addresses: [String], leaseMilliseconds: Int64 = 15_000) async throws {
        loop = try await LoopHost()
        mailbox = Mailbox(on: loop.executor)
        shared = SharedRedis(on: loop.executor)
        var settings = RedisSettings(try RedisDeployment(addresses), instance: instance)
        settings.leaseMilliseconds = leaseMilliseconds
        let (mailbox, shared, made, diary) = (mailbox, shared, settings, diary)
        loop.perform { loop in
            let broker = RedisBroker(loop, made)
            let part = Part(broker, diary)
            broker.add(part)
            shared.attach(to: loop, broker)
            loop.keep([part])
            loop.attach(mailbox) { mail in for body in mail { body(part.broker, part) } }
        }
    }

    var events: [Event] { diary.events }

    /// What was delivered on a channel.
    func delivered(on channel: BrokerChannel) -> [String] {
        events.compactMap { if case .delivered(channel, let text) = $0 { text } else { nil } }
    }

    func has(_ event: Event, times count: Int = 1) async throws {
        try await eventually("\(event) \(count) times", within: 30) {
            events.count { $0 == event } >= count
        }
    }

    /// Asks something of the broker on its loop.
    func ask<R: Sendable>(
        _ body: @escaping @Sendable (RedisBroker, @escaping @Sendable (R) -> Void) -> Void
    ) async -> R {
        await withCheckedContinuation { continuation in
            mailbox.post { broker, _ in body(broker) { continuation.resume(returning: $0) } }
        }
    }

    func subscribe(to channel: BrokerChannel) async throws {
        mailbox.post { broker, part in broker.subscribe(to: channel, part) }
        try await has(.subscribed(channel))
    }

    func unsubscribe(from channel: BrokerChannel) {
        mailbox.post { broker, _ in broker.unsubscribe(from: channel) }
    }

    @discardableResult
    func publish(_ text: String, to channel: BrokerChannel) async -> Bool {
        await ask { broker, answer in answer(broker.publish(Array(text.utf8).span, to: channel)) }
    }

    func connected() async throws {
        try await eventually("connected") {
            await ask { broker, answer in
                // In a cluster each of them is somewhere else.
                let rooms = ["r", "r1", "elsewhere", "a", "b", "c", "d", "e"]
                answer(rooms.allSatisfy { broker.reaches(BrokerChannel(.messages, of: $0)) })
            }
        }
    }

    func arrive(_ user: String, in room: String, takesSeat: Bool = true, seats: Int = 0) async
        -> LedgerArrival
    {
        let person = LedgerPerson(
            user: user, author: Array(#"{"id":"\#(user)","name":"\#(user)"}"#.utf8), takesSeat: takesSeat)
        return await ask { broker, answer in
            broker.ledger.arrive(person, in: room, LedgerSeats(seats, mustFit: true), answer)
        }
    }

    func depart(_ user: String, from room: String) async {
        _ = await ask { (broker, answer: @escaping @Sendable (Bool) -> Void) in
            broker.ledger.depart(user, from: room)
            broker.ledger.roll(of: room) { _ in answer(true) }
        }
    }

    func roll(of room: String) async -> [String]? {
        await ask { broker, answer in
            broker.ledger.roll(of: room) { roll in answer(roll?.people.map(\.user).sorted()) }
        }
    }
}
