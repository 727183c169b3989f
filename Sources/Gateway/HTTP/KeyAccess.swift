import ClientProtocol
import HTTP
import Identity
import JSON

/// What a service key needs for a request. People need nothing of that: their rights are judged elsewhere.
enum KeyAccess: Sendable {
    /// A scope.
    case scope(KeyScope)
    /// Nothing: what it may do is judged by the request's own fields, or there is nothing to judge.
    case open
    /// No key may do it: it is for people.
    case refused

    /// Refuses a service key that lacks the scope.
    func check(_ principal: Principal) throws(ClientError) {
        guard let scopes = principal.scopes else { return }
        // What it administers is the server's own tenant's.
        guard principal.isAtHome || self.isOpen else { throw KeyAccess.otherTenant }
        switch self {
        case .open: return
        case .scope(let scope): guard scopes.allows(scope) else { throw KeyAccess.lacking(scope) }
        case .refused:
            throw ClientError(.forbidden, "This is for people: no service key may do it.")
        }
    }

    private var isOpen: Bool { if case .open = self { true } else { false } }

    /// The refusal of people whose tenant has no rooms here.
    static let otherTenant = ClientError(
        .forbidden, "The rooms of this server belong to another tenant than you.")

    /// The refusal that names the scope.
    static func lacking(_ scope: KeyScope, field: String? = nil) -> ClientError {
        let error = ClientError(.forbidden, "Your key lacks the scope \"\(scope.text)\".", field: field)
        return error.detailed([JSONMember("scope", .string(scope.text))])
    }

    /// What a request on a socket needs.
    init(_ body: Command.Body) {
        switch body {
        case .auth, .ping, .subscribe, .unsubscribe, .publish: self = .open
        case .join, .leave, .presence, .history, .search, .readMarker: self = .scope(.readRooms)
        case .post, .edit, .delete, .pin, .react, .typing: self = .scope(.writeRooms)
        }
    }
}

extension Principal {
    /// Why this person may not publish to a topic that their token or key does not name.
    func publishRefusal(_ channel: String) -> ClientError {
        guard scopes == nil else { return KeyAccess.lacking(.publish(channel), field: "channel") }
        return ClientError(.forbidden, "Your token does not let you publish to it.", field: "channel")
    }

    /// Why this person may not subscribe a topic or pattern that their token or key does not name.
    func subscribeRefusal(_ channel: String) -> ClientError {
        guard scopes == nil else { return KeyAccess.lacking(.subscribe(channel), field: "channels") }
        return ClientError(
            .forbidden, "Your token does not let you subscribe to \"\(channel)\".", field: "channels")
    }
}

extension [Route] {
    /// The same for service keys that have what they need.
    func forKeys(_ access: KeyAccess) -> [Route] {
        map { route in
            var route = route
            route.keyAccess = access
            return route
        }
    }

    /// The same, for people of the tenant whose rooms the server keeps.
    func ofHome() -> [Route] {
        map { route in
            var route = route
            route.isOfHome = true
            return route
        }
    }

    /// The same, where reading needs one scope and everything else another.
    func forKeys(reading: KeyScope, else changing: KeyScope) -> [Route] {
        map { route in
            var route = route
            route.keyAccess = .scope(route.method == .get ? reading : changing)
            return route
        }
    }
}
