import Bytes
import ClientProtocol
import HTTP
public import Identity
import JSON
import Reactor
import Rooms

/// What a server has for the first person who tries it with `--dev`: a room, and a link with a token.
public enum ServerInvitation {
    /// The owner of the first room, until the first person comes.
    public static let firstOwner = "system"

    /// A guest's token.
    public static func token(_ signer: TokenSigner) -> String {
        signer.sign(DevRoutes.grant(user: DevRoutes.newUser(), name: "Guest"))
    }
}

/// Tokens for those who try a server with `--dev`: for anybody who reaches it from this machine.
struct DevRoutes {
    private let signer: TokenSigner
    private let verifier: TokenVerifier
    private let rooms: RoomService
    /// The address that the server listens on.
    private let host: String

    init(signer: TokenSigner, verifier: TokenVerifier, rooms: RoomService, host: String) {
        self.signer = signer
        self.verifier = verifier
        self.rooms = rooms
        self.host = host
    }

    /// Whose room the first person gets.
    static let firstOwner = ServerInvitation.firstOwner
    /// How long a token lasts, in milliseconds.
    private static let tokenMilliseconds: Int64 = 7 * 86_400_000

    /// The route.
    var all: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/auth/dev") { (request) async throws(ClientError) in
                try routes.checkOrigin(request)
                let body = request.body.isEmpty ? .object([]) : try request.json
                guard body.object != nil else {
                    throw ClientError(.invalidMessage, "The body must be a JSON object.")
                }
                let name = try DevRoutes.name(body)
                if let token = try body.text("token", 1...TokenVerifier.tokenBytes) {
                    return DevRoutes.answer(try routes.renamed(token, name), routes.signer)
                }
                return DevRoutes.answer(try await routes.newcomer(name), routes.signer)
            }
        ]
    }

    // MARK: Who may ask

    /// Refuses what a page of another site makes a browser send.
    ///
    /// A form of any site can post, but not JSON; a script of another site names its origin; a site whose name has been
    /// made to point here names itself as the host.
    private func checkOrigin(_ request: APIRequest) throws(ClientError) {
        let type = request.headers["content-type"]?.split(separator: ";").first?.filter { $0 != " " }
        guard type?.lowercased() == MediaType.json.rawValue else {
            throw ClientError(.unsupportedMediaType, "The body must be application/json.")
        }
        guard let sent = request.host, isOurs(sent) else {
            throw ClientError(.forbidden, "Tokens are given under this machine's own name only.")
        }
        guard OriginPolicy([]).admits(origin: request.headers["origin"], host: sent) else {
            throw ClientError(.forbidden, "Pages of this origin may not ask for a token.")
        }
    }

    private func isOurs(_ authority: String) -> Bool {
        let name = DevRoutes.name(of: authority.lowercased())
        if name == host.lowercased() || name == "localhost" || name.hasSuffix(".localhost") { return true }
        guard let bytes = SocketAddress(host: name, port: 0)?.addressBytes else { return false }
        // Who listens on all addresses is reached under many; an address cannot be made to point elsewhere.
        if host == "0.0.0.0" || host == "::" { return true }
        return bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// A host without port and brackets.
    private static func name(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority.dropFirst()[..<end])
        }
        return authority.lastIndex(of: ":").map { String(authority[..<$0]) } ?? authority
    }

    // MARK: What is given

    private static func name(_ body: JSONValue) throws(ClientError) -> String? {
        guard let name = try body.text("name", 1...40) else { return nil }
        guard TokenRules.isName(name) else {
            throw .invalid("name", "A name has 1 to 64 bytes, something to see and nothing hidden.")
        }
        return name
    }

    /// A new person. The first one gets the first room, to try what its owner can do.
    private func newcomer(_ name: String?) async throws(ClientError) -> TokenSigner.Grant {
        var grant = DevRoutes.grant(user: DevRoutes.newUser(), name: name ?? DevNames.random())
        let room = try await rooms.handOver(from: DevRoutes.firstOwner, to: grant.user, name: grant.name)
        if let room { grant.rooms = [room: "owner"] }
        return grant
    }

    /// The same person under another name, for a while longer.
    private func renamed(_ token: String, _ name: String?) throws(ClientError) -> TokenSigner.Grant {
        let person: Principal
        do throws(TokenError) {
            person = try verifier.verify(token)
        } catch {
            throw BearerToken.refusal(error, field: "token")
        }
        // A token that an operator has signed for somebody is not ours to change.
        guard person.isDev else {
            throw ClientError(
                .forbidden, "Only tokens that were given here can be renewed here.", field: "token")
        }
        var grant = DevRoutes.grant(user: person.user, name: name ?? person.name)
        grant.rooms = person.roomRoles
        return grant
    }

    /// An id that no other person has, whatever their name.
    fileprivate static func newUser() -> String { Identifier.short("u_dev") }

    fileprivate static func grant(user: String, name: String) -> TokenSigner.Grant {
        let expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + tokenMilliseconds)
        var grant = TokenSigner.Grant(user: user, name: name, expiresAt: expiry)
        grant.isDev = true
        grant.subscribe = ["topic:*"]
        grant.publish = ["topic:*"]
        return grant
    }

    private static func answer(_ grant: TokenSigner.Grant, _ signer: TokenSigner) -> HTTPResponse {
        let token = signer.sign(grant)
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("token", token)
        writer.field("access_token", token)
        writer.key("user")
        writer.beginObject()
        writer.field("id", grant.user)
        writer.field("name", grant.name)
        writer.endObject()
        writer.field("expires_at", grant.expiresAt.milliseconds)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
