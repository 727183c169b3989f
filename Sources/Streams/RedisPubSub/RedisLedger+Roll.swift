import PubSub

extension RedisLedger {
    func roll(of room: String, _ answer: @escaping (LedgerRoll?) -> Void) {
        // Who has not been entered again yet would be taken for gone.
        guard !isRecounting else { return rollsToRead.append((room, answer)) }
        let keys = places.keys.room(room)
        places.run(.roll, keys: [keys[0], keys[2]], [], at: .room(room)) { result in
            guard case .success(let reply) = result, let members = reply.members, members.count == 2,
                let version = members[0].number, let fields = members[1].members
            else { return answer(nil) }
            answer(LedgerRoll(version: version, people: RedisLedger.people(fields)))
        }
    }

    private static func people(_ fields: [RedisReply]) -> [LedgerPerson] {
        var people: [LedgerPerson] = []
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let user = fields[index].text, case .bytes(let held) = fields[index + 1],
                let bar = held.dropFirst(2).firstIndex(of: UInt8(ascii: "|"))
            else { continue }
            people.append(
                LedgerPerson(
                    user: user, author: Array(held[(bar + 1)...]), takesSeat: held[0] == UInt8(ascii: "1")))
        }
        return people
    }
}
