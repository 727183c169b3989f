import PubSub
import Reactor

/// A room's receipts on their way: which messages are asked about, here and at the other processes.
///
/// Handing over is asked about in rounds, one at a time: each shard with members says when the kernel has all that
/// was sent before. What is sent meanwhile has the next round, so that a crowd of messages costs a few.
final class ReceiptDesk {
    /// A question to the shards.
    struct Round {
        let number: UInt64
        /// The newest event that it is about.
        let seq: Int64
        /// Who was connected here when it began.
        let people: [String]
        var shardsLeft: Int
    }

    /// How long the other processes have to say something before they are asked again, in milliseconds.
    static let patienceMilliseconds: Int64 = 5000

    var book = ReceiptBook()
    /// Appends whose senders want a receipt.
    var tickets: Set<UInt64> = []
    /// The newest event whose handing over somebody wants to know of.
    var wanted: Int64 = 0
    /// The newest event that everybody here has been handed.
    var handedOver: Int64 = 0
    var round: Round?
    private var rounds: UInt64 = 0
    /// The newest event that another process wants to know of and has not been told; 0 for none.
    var owed: Int64 = 0
    /// The message that the other processes have been asked about; nil when none is.
    var asked: Int64?
    var askTimer = TimerID.none

    /// Begins a round.
    func begin(_ seq: Int64, _ people: [String], shards: Int) -> UInt64 {
        rounds += 1
        round = Round(number: rounds, seq: seq, people: people, shardsLeft: shards)
        return rounds
    }
}

/// Takes the shards' word to the room's home.
final class HandoverRouter: HandoverListener {
    private let hub: Hub
    private let mailboxes: [Mailbox<RoomMail>]

    init(hub: Hub, mailboxes: [Mailbox<RoomMail>]) {
        self.hub = hub
        self.mailboxes = mailboxes
    }

    func handedOver(on channel: String, round: UInt64) {
        mailboxes[hub.homeShard(of: channel)].post(.handedOver(room: channel, round: round))
    }
}
