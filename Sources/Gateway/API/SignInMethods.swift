import HTTP
import JSON

/// Which ways of signing in a server offers, for pages that ask a person how.
struct SignInMethods: Sendable {
    /// Names of the ledgers whose wallets sign in; empty for none.
    var wallets: [String] = []
    /// Whether codes are sent by mail.
    var email = false
    /// Whether anybody gets a token of a person made for the occasion, as with `--dev`.
    var guest = false

    /// As `GET /api/v1/auth/methods` answers.
    var answer: HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("wallet")
        writer.beginArray()
        for name in wallets { writer.value(name) }
        writer.endArray()
        writer.field("email", email)
        writer.field("guest", guest)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
