public import Gates
import Storage

extension GateService {
    /// Acts on what a feed of accounts tells.
    public func heed(_ event: AccountFeed.Event) {
        switch event {
        case .changed(let account):
            for subject in gates.watched.subjects(of: account) { lookSoon(subject) }
        // What happened while it was away nobody has told.
        case .connected:
            Task { if isShared { await look(at: gates.watched.everybody) } else { await sweep() } }
        }
    }

    /// Looks at somebody a moment later: what anybody may cause from outside costs no more than so often.
    private func lookSoon(_ subject: WatchBook.Subject) {
        guard gates.watched.beginLook(at: subject) else { return }
        Task {
            try? await Task.sleep(for: .milliseconds(200))
            gates.watched.endLook(at: subject)
            await look(at: subject.room, user: subject.user)
        }
    }

    /// Watches the accounts by which people are behind gates.
    func watch(_ visitors: [GateVisitor]) async {
        guard let feed = gates.feed else { return }
        for visitor in await own(visitors) {
            let accounts = accounts(of: visitor)
            gates.watched.add(accounts, for: WatchBook.Subject(room: visitor.room.id, user: visitor.user))
            await feed.add(accounts)
        }
    }

    func accounts(of visitor: GateVisitor) -> [String] {
        visitor.queries.flatMap { gates.solana.accounts(of: $0) }
    }
}
