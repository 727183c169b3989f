import PubSub

// Whether rooms are empty or not, as it is noted in the book.
extension RedisLedger {
    func watch(_ room: String) {
        if watched.insert(room).inserted, !isIn(room) { enterRoom(room) }
    }

    func note(
        _ room: String, isOccupied: Bool, wasOccupied: Bool, _ answer: @escaping (LedgerNote) -> Void
    ) {
        // Who has not been entered again yet, or not said yet what was noted, is given the time to.
        guard !isRecounting || (isOccupied && wasOccupied) else {
            return notesToAsk.append { [weak self] in
                self?.note(room, isOccupied: isOccupied, wasOccupied: wasOccupied, answer)
            }
        }
        let keys = [places.keys.room(room)[0]] + places.keys.occupied(room)
        let arguments: [RedisArgument] = [
            isOccupied ? "1" : "0", wasOccupied ? "1" : "0", .text(settings.instance),
            unanswered.contains(room) ? "1" : "0",
        ]
        places.run(.note, keys: keys, arguments, at: .room(room)) { [weak self] result in
            guard case .success(let reply) = result, let at = reply.number else {
                self?.unanswered.insert(room)
                return answer(.away)
            }
            self?.unanswered.remove(room)
            if self?.watched.remove(room) != nil { self?.leaveRoom(room) }
            answer(at > 0 ? .noted(at: at) : .unchanged)
        }
    }

    /// All have had the time to enter their people again.
    func askNotes() {
        let notes = notesToAsk
        notesToAsk = []
        for ask in notes { ask() }
    }
}
