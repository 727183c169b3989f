import ClientProtocol
import PubSub
import Reactor
import Storage

// Receipts: the home of the sender's process keeps the book. It asks its own shards and, where people are present at other
// processes, those for whom they have handed the message to; each process says so only of people that it has.
extension RoomHome {
    /// Notes that the sender of an append wants a receipt, where the room gives any.
    func wantReceipt(_ ticket: UInt64, _ sender: String, _ record: RoomRecord) {
        receiptsAsked.insert(ticket)
        guard record.receipts else { return }
        guard presentCount <= shard.context.settings.receiptPeople else {
            // What they sent before would stand for this one too.
            receipts?.book.forget(sender)
            return
        }
        let desk = receipts ?? ReceiptDesk()
        receipts = desk
        desk.tickets.insert(ticket)
    }

    /// An append has come back: its sender may wait for a receipt from now on.
    ///
    /// - Returns: Whether one may come; nil where they did not ask.
    func expectReceipt(_ result: AppendResult) -> Bool? {
        guard receiptsAsked.remove(result.ticket) != nil else { return nil }
        guard let desk = receipts, desk.tickets.remove(result.ticket) != nil,
            case .appended(let event) = result.outcome, case .message(let message) = event.body,
            record?.receipts == true
        else { return false }
        let sender = message.author.id
        let here = people.values.filter { !$0.connections.isEmpty && $0.author.id != sender }
        let elsewhere = link?.elsewhere.filter { $0.key != sender } ?? [:]
        var bots = Set(here.lazy.filter(\.author.isBot).map(\.author.id))
        for (user, person) in elsewhere where person.author.isBot { bots.insert(user) }
        let others = ReceiptBook.Others(
            here: Set(here.map(\.author.id)), elsewhere: Set(elsewhere.keys), bots: bots)
        let isUncertain = link.map { $0.state != .live || $0.isReadingRoll } ?? false
        let mayCome = desk.book.expect(event.seq, from: sender, others, isUncertain: isUncertain)
        desk.wanted = max(desk.wanted, event.seq)
        desk.handedOver = min(desk.handedOver, event.seq - 1)
        askOthers(desk)
        return mayCome
    }

    // MARK: Handing over, here

    /// Asks the shards, where something is to be known that they have been sent.
    func beginRound(_ desk: ReceiptDesk) {
        guard desk.round == nil, let head = ring?.head else { return }
        let isWanted = desk.wanted > desk.handedOver && head >= desk.wanted
        guard isWanted || desk.owed > 0 && head >= desk.owed else { return }
        let shards = audience.shards
        let connected = people.values.filter { !$0.connections.isEmpty }.map(\.author.id)
        let number = desk.begin(head, connected, shards: shards.count)
        guard !shards.isEmpty else { return endRound(desk) }
        for place in shards {
            let mail = HubMail.watch(channel: channel, round: number, shard.handovers)
            shard.context.hub.post(mail, toShard: place)
        }
    }

    /// A shard's subscribers have all that was sent before a round.
    func handedOver(_ number: UInt64) {
        guard let desk = receipts, desk.round?.number == number else { return }
        desk.round?.shardsLeft -= 1
        if desk.round?.shardsLeft == 0 { endRound(desk) }
    }

    private func endRound(_ desk: ReceiptDesk) {
        guard let round = desk.round else { return }
        desk.round = nil
        desk.handedOver = round.seq
        let users = round.people.filter { people[$0]?.connections.isEmpty == false }
        desk.book.handOver(upTo: round.seq, to: users)
        if desk.owed > 0, desk.owed <= round.seq {
            desk.owed = 0
            // The people of nobody's process are waited for by nobody.
            if !users.isEmpty { shard.share(.receiptTaken(seq: round.seq, users: users), id) }
        }
        giveReceipts(desk)
        beginRound(desk)
    }

    // MARK: Handing over, elsewhere

    /// Asks the other processes about the newest message, one question at a time.
    private func askOthers(_ desk: ReceiptDesk) {
        guard desk.asked == nil, link?.state == .live, let newest = desk.book.newestElsewhere else { return }
        desk.asked = newest
        shard.share(.receiptWanted(seq: newest), id)
        shard.loop.cancelTimer(&desk.askTimer)
        desk.askTimer = shard.loop.startTimer(
            after: ReceiptDesk.patienceMilliseconds, kind: Timer.receipts.rawValue, target: self)
    }

    /// Nobody may have heard the question, or its answer was lost.
    func askAgain() {
        guard let desk = receipts else { return }
        desk.askTimer = .none
        desk.asked = nil
        askOthers(desk)
    }

    /// Another process wants to know when everybody here has what was sent up to an event.
    func othersWant(_ seq: Int64) {
        guard !people.isEmpty else { return }
        let desk = receipts ?? ReceiptDesk()
        receipts = desk
        desk.owed = max(desk.owed, seq)
        expectEvents(through: seq)
        beginRound(desk)
    }

    /// People at another process have been handed what was sent up to an event.
    func othersHave(_ seq: Int64, _ users: [String]) {
        guard let desk = receipts else { return }
        desk.book.handOver(upTo: seq, to: users)
        if let asked = desk.asked, !desk.book.waitsElsewhere(upTo: asked) {
            desk.asked = nil
            shard.loop.cancelTimer(&desk.askTimer)
            askOthers(desk)
        }
        giveReceipts(desk)
    }

    /// It is known now who is at other processes.
    func settleReceipts() {
        guard let desk = receipts, let link else { return }
        let bots = link.elsewhere.filter { $0.value.author.isBot }.keys
        desk.book.settle(Set(link.elsewhere.keys), bots: Set(bots))
        desk.asked = nil
        askOthers(desk)
        giveReceipts(desk)
    }

    // MARK: Reading, leaving

    /// Somebody has read up to an event.
    func noteRead(_ user: String, upTo seq: Int64) {
        guard let desk = receipts else { return }
        desk.book.read(upTo: seq, by: user)
        giveReceipts(desk)
    }

    /// Somebody is connected here no more; they are present for the grace.
    func noteCut(_ user: String) {
        guard let desk = receipts else { return }
        // The grace is over when the ledger says so; until then another process may have handed it to them.
        desk.book.disconnect(user, mayBeElsewhere: link?.isOpen == true)
        askOthers(desk)
        giveReceipts(desk)
    }

    /// Somebody who was cut is back, and has what they asked for.
    func noteBack() {
        guard let desk = receipts, !desk.book.isEmpty else { return }
        desk.handedOver = min(desk.handedOver, desk.wanted - 1)
        beginRound(desk)
    }

    /// Somebody is present no more, here or elsewhere.
    func noteGone(_ user: String) {
        guard let desk = receipts else { return }
        desk.book.leave(user)
        giveReceipts(desk)
    }

    /// The settings have changed.
    func reviewReceipts() {
        guard record?.receipts == false, let desk = receipts else { return }
        shard.loop.cancelTimer(&desk.askTimer)
        receipts = nil
    }

    /// Tells senders what has become due, on those of their connections that are in the room.
    private func giveReceipts(_ desk: ReceiptDesk) {
        for receipt in desk.book.due() {
            switch receipt.status {
            case .delivered: shard.counters.receipts.delivered += 1
            case .read: shard.counters.receipts.read += 1
            }
            give(receipt)
            // They may have others at another process, or all of them by now.
            if link?.isOpen == true { shard.share(.receipt(receipt), id) }
        }
    }

    /// Tells a sender who has connections here.
    func give(_ receipt: ReceiptBook.Receipt) {
        guard let person = people[receipt.user] else { return }
        let frame = RoomPush.receipt(room: id, receipt)
        for connection in person.connections { send(frame, to: connection.handle) }
    }
}
