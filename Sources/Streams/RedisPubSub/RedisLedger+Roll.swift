import PubSub

extension RedisLedger {
    func roll(of room: String, _ answer: @escaping (LedgerRoll?) -> Void) {
        // Who has not been entered again yet would be taken for gone.
        guard !isRecounting else { return rollsToRead.append((room, answer)) }
        let keys = places.keys.room(room)
        places.run(.roll, keys: [keys[0], keys[2]], [], at: .room(room)) { result in
            guard case .success(let reply) = result, let members = reply.members, members.count == 2,
                let version = members[0].number, members[1].members != nil
            else { return answer(nil) }
            answer(LedgerRoll(version: version, people: RedisLedger.people(members[1])))
        }
    }

    private static func people(_ page: RedisReply) -> [LedgerPerson] {
        page.pairs.compactMap { user, value in
            guard case .bytes(let held) = value,
                let bar = held.dropFirst(2).firstIndex(of: UInt8(ascii: "|"))
            else { return nil }
            return LedgerPerson(
                user: user, author: Array(held[(bar + 1)...]), takesSeat: held[0] == UInt8(ascii: "1"))
        }
    }
}
