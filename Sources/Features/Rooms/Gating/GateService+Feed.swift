public import Gates
import Storage

extension GateService {
    /// Acts on what a feed of accounts tells.
    public func heed(_ event: AccountFeed.Event) {
        switch event {
        case .changed(let account):
            for subject in gates.watched.subjects(of: account) { recheck(subject.room, user: subject.user) }
        // What happened while it was away nobody has told.
        case .connected: Task { await sweep() }
        }
    }

    /// Watches the accounts by which people are behind gates.
    func watch(_ visitors: [GateVisitor]) async {
        guard let feed = gates.feed else { return }
        for visitor in visitors {
            let accounts = accounts(of: visitor)
            gates.watched.add(accounts, for: WatchBook.Subject(room: visitor.room.id, user: visitor.user))
            await feed.add(accounts)
        }
    }

    func accounts(of visitor: GateVisitor) -> [String] {
        visitor.queries.flatMap { gates.reader.accounts(of: $0) }
    }
}
