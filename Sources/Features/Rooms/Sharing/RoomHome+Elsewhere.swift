import Bytes
import ClientProtocol
import Identity
import JSON
import PubSub
import Storage

// Presence over all processes: the ledger decides who joined and who left, and its diffs, which carry the version that they
// made of the page, are what is announced of people elsewhere. A version that skips has the page read anew.
extension RoomHome {
    /// How many people are present, here and elsewhere.
    var presentCount: Int { people.count + (link?.elsewhere.count ?? 0) }

    /// Their ids.
    var presentIDs: [String] {
        guard let link, !link.elsewhere.isEmpty else { return Array(people.keys) }
        return Array(people.keys) + link.elsewhere.keys
    }

    /// Some of the people present, those here first.
    func presentAuthors(_ limit: Int) -> [Author] {
        let here = people.values.prefix(limit).map(\.author)
        guard let link, here.count < limit else { return here }
        return here + link.elsewhere.values.prefix(limit - here.count).map(\.author)
    }

    func presentAuthor(_ user: String) -> Author? { people[user]?.author ?? link?.elsewhere[user]?.author }

    // MARK: Telling the ledger

    /// Enters a person who is here into the ledger; nothing where they are entered.
    func enter(_ person: Person) {
        guard link != nil, let ledger = shard.broker?.ledger else { return }
        person.enteredSeat = person.takesSeat
        let seats = LedgerSeats(record?.maxParticipants ?? 0, mustFit: false)
        ledger.arrive(RoomHome.entry(person.author, takesSeat: person.takesSeat), in: id, seats) { _ in }
    }

    static func entry(_ author: Author, takesSeat: Bool) -> LedgerPerson {
        var writer = JSONWriter(capacity: 96)
        writer.person(author)
        return LedgerPerson(user: author.id, author: [UInt8](writer.span), takesSeat: takesSeat)
    }

    /// A person may have got a role with a seat, or without one.
    func reseat(_ person: Person) {
        guard link != nil, people[person.author.id] === person, person.enteredSeat != person.takesSeat else {
            return
        }
        person.enteredSeat = person.takesSeat
        shard.broker?.ledger.reseat(person.author.id, in: id, takesSeat: person.takesSeat)
    }

    /// A person is not here any more.
    ///
    /// - Returns: Whether the ledger tells who has to know; otherwise this home does.
    func leaveLedger(_ person: Person) -> Bool {
        guard let link, let ledger = shard.broker?.ledger else { return false }
        ledger.depart(person.author.id, from: id)
        guard link.state == .live else { return false }
        link.elsewhere[person.author.id] = RoomLink.Elsewhere(
            author: person.author, takesSeat: person.takesSeat)
        return true
    }

    // MARK: Hearing the ledger

    /// Reads the page, and goes on from there.
    func readRoll(_ link: RoomLink) {
        guard !link.isReadingRoll else { return }
        link.isReadingRoll = true
        link.steps = []
        link.rollNumber += 1
        let number = link.rollNumber
        shard.broker?.ledger.roll(of: id) { [weak self] roll in self?.took(roll, number) }
    }

    private func took(_ roll: LedgerRoll?, _ number: Int) {
        guard let link, link.isOpen, link.isReadingRoll, link.rollNumber == number else { return }
        link.isReadingRoll = false
        guard let roll else {
            // The connection is about to be made again, and with it the subscriptions.
            if link.state == .opening { cutOff(link) }
            return
        }
        reconcile(link, roll)
        link.version = roll.version
        let steps = link.steps
        link.steps = []
        for step in steps { take(step, link) }
        if link.state != .live, link.isSubscribed.count == link.channels.count { becameLive(link) }
        guard link.state == .live else { return }
        settleSeats()
        settleReceipts()
    }

    private func reconcile(_ link: RoomLink, _ roll: LedgerRoll) {
        var now: [String: RoomLink.Elsewhere] = [:]
        var entered: Set<String> = []
        for person in roll.people {
            guard let value = try? JSONValue(parsing: person.author.span), let author = Author(value) else {
                continue
            }
            entered.insert(author.id)
            if people[author.id] == nil {
                now[author.id] = RoomLink.Elsewhere(author: author, takesSeat: person.takesSeat)
            }
        }
        // One by one, since each is told with how many there are then.
        for (user, gone) in link.elsewhere where now[user] == nil {
            link.elsewhere[user] = nil
            announce(gone.author, isHere: false)
            noteGone(user)
        }
        for (user, found) in now {
            noteMember(found.author)
            if link.elsewhere.updateValue(found, forKey: user) == nil {
                announce(found.author, isHere: true)
            }
        }
        for person in people.values where !entered.contains(person.author.id) { enter(person) }
        if presentCount == 0 { noteVacancy() }
    }

    func deliveredPresence(_ payload: [UInt8]) {
        guard let link, let value = try? JSONValue(parsing: payload.span), let type = value["type"]?.string
        else { return shard.complain(of: id, .presence) }
        if type == "seats_wanted" { return shard.broker?.ledger.giveBackSpares(in: id) ?? () }
        guard let author = value["user"].flatMap(Author.init) else {
            return shard.complain(of: id, .presence)
        }
        switch type {
        case "typing_status":
            guard value["from"]?.string != shard.broker?.instance, let isTyping = value["typing"]?.bool,
                presentAuthor(author.id) != nil
            else { return }
            broadcast(RoomPush.typing(room: id, author, isTyping: isTyping))
        case "achievement_earned": deliveredEarned(author, value)
        case "user_joined", "user_left":
            guard let version = value["version"]?.integer else { return shard.complain(of: id, .presence) }
            let step = RoomLink.Step(version: version, author: author, isHere: type == "user_joined")
            if link.isReadingRoll {
                link.steps.append(step)
            } else {
                take(step, link)
            }
        default: shard.complain(of: id, .presence)
        }
    }

    private func take(_ step: RoomLink.Step, _ link: RoomLink) {
        guard let version = link.version, step.version > version else { return }
        guard step.version == version + 1 else { return readRoll(link) }
        link.version = step.version
        let user = step.author.id
        // Who is here has been announced by this home; a departure that Redis took late is not theirs any more.
        if let person = people[user] { return step.isHere ? () : enter(person) }
        if step.isHere, link.elsewhere[user] == nil {
            link.elsewhere[user] = RoomLink.Elsewhere(author: step.author, takesSeat: true)
            noteMember(step.author)
            announce(step.author, isHere: true)
        } else if !step.isHere, link.elsewhere.removeValue(forKey: user) != nil {
            announce(step.author, isHere: false)
            noteGone(user)
            if presentCount == 0 { noteVacancy() }
        }
    }

    /// Who is present is a member: texts that mention them find them.
    private func noteMember(_ author: Author) {
        members.insert(author.id)
        mentions.add(user: author.id, name: author.name)
    }

    // MARK: Typing

    /// Tells the other processes that somebody here types, or has stopped.
    func shareTyping(_ author: Author, isTyping: Bool) {
        guard let link, link.state == .live, let broker = shard.broker else { return }
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.field("type", "typing_status")
        writer.field("room", id)
        writer.field("from", broker.instance)
        writer.person("user", author)
        writer.field("typing", isTyping)
        writer.endObject()
        broker.publish(writer.span, to: BrokerChannel(.presence, of: id))
    }
}
