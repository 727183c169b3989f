import Bytes
import ClientProtocol
import HTTP
public import Identity
import JSON
import Rooms

/// The token of the link that `--dev` prints.
public enum ServerInvitation {
    /// A guest's token.
    public static func token(_ signer: TokenSigner) -> String { ServerRoutes.devToken("Guest", signer).0 }
}

/// What the server tells of itself, and tokens for those who try it.
struct ServerRoutes {
    private let settings: GatewaySettings
    private let signer: TokenSigner?

    init(settings: GatewaySettings, signer: TokenSigner?) {
        self.settings = settings
        self.signer = signer
    }

    /// How long a token of `--dev` lasts, in milliseconds.
    static let devTokenMilliseconds: Int64 = 7 * 86_400_000

    /// The routes.
    var all: [Route] {
        let isDev = settings.dev
        let about = Route(.get, "/api/v1/server") { (_) async throws(ClientError) in
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("name", "Stoa")
            writer.field("version", ServerVersion.current)
            writer.field("dev", isDev)
            writer.endObject()
            return HTTPResponse(.ok, bytes: writer.span, type: .json)
        }
        guard isDev, let signer else { return [about] }
        let signIn = Route(.post, "/api/v1/auth/dev") { (request) async throws(ClientError) in
            guard let name = try request.json.text("name", 1...40), !name.allSatisfy(\.isWhitespace) else {
                throw .invalid("name", "Say who you are.")
            }
            return try ServerRoutes.answer(name, signer)
        }
        return [about, signIn]
    }

    private static func answer(_ name: String, _ signer: TokenSigner) throws(ClientError) -> HTTPResponse {
        guard name.utf8.count <= 64 else { throw .invalid("name", "A name has at most 64 bytes.") }
        let (token, grant) = devToken(name, signer)
        var writer = JSONWriter()
        writer.beginObject()
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

    /// A token for somebody who tries the server.
    static func devToken(_ name: String, _ signer: TokenSigner) -> (String, TokenSigner.Grant) {
        let expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + devTokenMilliseconds)
        // The same name is the same person, so that signing in again finds one's rooms.
        let letters = name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let user = "dev_\(letters.prefix(24))_\(String(hash, radix: 36))"
        var grant = TokenSigner.Grant(user: user, name: name, expiresAt: expiry)
        grant.subscribe = ["topic:*"]
        grant.publish = ["topic:*"]
        return (signer.sign(grant), grant)
    }
}
