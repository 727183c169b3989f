import JSON

@testable import PubSub

/// Who is here, as one connection has been told.
struct PresenceView {
    private(set) var isIn = false
    private(set) var people: Set<String> = []
    private(set) var problems: [String] = []
    private let handle: SubscriberHandle
    /// Whether each arrival and departure comes by itself, so that none may be told twice.
    private let isExact: Bool

    init(_ handle: SubscriberHandle, isExact: Bool) {
        self.handle = handle
        self.isExact = isExact
    }

    /// The view after a log.
    init(_ handle: SubscriberHandle, isExact: Bool, _ letters: [HubMail]) {
        self.init(handle, isExact: isExact)
        for letter in letters { take(letter) }
    }

    mutating func take(_ letter: HubMail) {
        switch letter {
        case .subscribe(handle, _, let first):
            isIn = true
            for frame in first { read(frame) }
        case .unsubscribe(handle, _, _, _):
            isIn = false
            people = []
        case .broadcast(_, let frame) where isIn: read(frame)
        case .send(handle, let frame) where isIn: read(frame)
        default: break
        }
    }

    private mutating func read(_ frame: SharedFrame) {
        guard let message = frame.json else { return }
        let user = message["user"]?["id"]?.string ?? ""
        switch message["type"]?.string {
        case "joined", "presence_state":
            people = PresenceView.ids(message["people"])
        case "user_joined":
            if !people.insert(user).inserted, isExact { problems.append("\(user) came twice") }
        case "user_left":
            if people.remove(user) == nil, isExact { problems.append("\(user) left twice") }
        case "presence_diff":
            people.formUnion(PresenceView.ids(message["joined"]))
            people.subtract(PresenceView.ids(message["left"]))
        default: return
        }
        let count = message["people_count"]?.integer ?? -1
        if Int(count) != people.count, isExact { problems.append("\(people.count) people, told \(count)") }
    }

    private static func ids(_ people: JSONValue?) -> Set<String> {
        Set(people?.array?.compactMap { $0["id"]?.string } ?? [])
    }
}
