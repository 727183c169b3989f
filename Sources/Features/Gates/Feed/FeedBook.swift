/// Which accounts a connection to a node is subscribed to, and which it should be.
///
/// No I/O: each method says what is to be sent.
struct FeedBook {
    /// A request to be sent.
    enum Request: Equatable {
        case subscribe(id: Int64, account: String)
        case unsubscribe(id: Int64, subscription: Int64)
    }

    private(set) var wanted: Set<String> = []
    private var subscriptions: [String: Int64] = [:]
    private var accounts: [Int64: String] = [:]
    private var pending: [Int64: String] = [:]
    private var nextID: Int64 = 1
    private let limit: Int

    /// - Parameter limit: Accounts at most; beyond, sweeps alone look at them.
    init(limit: Int) { self.limit = limit }

    /// Everything is to be asked for anew, on a new connection.
    mutating func restart() -> [Request] {
        (subscriptions, accounts, pending) = ([:], [:], [:])
        return wanted.sorted().map { subscribe($0) }
    }

    /// One more account is of interest.
    mutating func add(_ account: String) -> Request? {
        guard wanted.count < limit, wanted.insert(account).inserted else { return nil }
        return subscribe(account)
    }

    /// These accounts are of interest, and no others.
    mutating func want(_ newer: Set<String>) -> [Request] {
        var requests: [Request] = []
        for account in wanted.subtracting(newer) {
            wanted.remove(account)
            // One whose number has not come yet is ended when it comes.
            guard let subscription = subscriptions.removeValue(forKey: account) else { continue }
            accounts[subscription] = nil
            requests.append(.unsubscribe(id: takeID(), subscription: subscription))
        }
        for account in newer.subtracting(wanted).sorted() {
            if let request = add(account) { requests.append(request) }
        }
        return requests
    }

    /// A subscription has its number.
    mutating func subscribed(_ request: Int64, _ subscription: Int64) -> Request? {
        guard let account = pending.removeValue(forKey: request) else { return nil }
        guard wanted.contains(account), subscriptions[account] == nil else {
            return .unsubscribe(id: takeID(), subscription: subscription)
        }
        subscriptions[account] = subscription
        accounts[subscription] = account
        return nil
    }

    /// A node takes no more of them: the sweep alone looks at this one.
    mutating func refused(_ request: Int64) { pending[request] = nil }

    /// The account of a notice.
    func account(_ subscription: Int64) -> String? { accounts[subscription] }

    /// The next request's id.
    mutating func takeID() -> Int64 {
        nextID += 1
        return nextID
    }

    private mutating func subscribe(_ account: String) -> Request {
        let id = takeID()
        pending[id] = account
        return .subscribe(id: id, account: account)
    }
}
