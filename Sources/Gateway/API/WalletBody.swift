import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Bodies of requests and answers about wallets.
enum WalletBody {
    // MARK: Requests

    static func chain(_ body: JSONValue) throws(ClientError) -> WalletChain {
        guard let chain = try body.text("chain", 1...32).flatMap(WalletChain.init(rawValue:)) else {
            let names = WalletChain.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("chain", "\"chain\" is one of \(names).")
        }
        return chain
    }

    static func purpose(_ body: JSONValue) throws(ClientError) -> WalletPurpose {
        guard let text = try body.text("purpose", 1...32) else { return .signIn }
        guard let purpose = WalletPurpose(rawValue: text) else {
            let names = WalletPurpose.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("purpose", "\"purpose\" is one of \(names).")
        }
        return purpose
    }

    static func proof(_ body: JSONValue) throws(ClientError) -> WalletProof {
        let chain = try chain(body)
        guard let address = try body.text("address", 1...64),
            let message = try bytes(body, "signed_message", WalletProof.messageLimit),
            let signature = try bytes(body, "signature", 72)
        else {
            let names = ["address", "signed_message", "signature"]
            let missing = names.first { body[$0].map(\.isNull) ?? true } ?? "signature"
            throw .invalid(missing, "A proof has \"address\", \"signed_message\" and \"signature\".")
        }
        let key = try bytes(body, "public_key", 33)
        return WalletProof(
            chain: chain, address: address, signedMessage: message, signature: signature, publicKey: key)
    }

    /// The wallet that is meant where it is not the one that signs.
    static func wallet(_ body: JSONValue) throws(ClientError) -> (WalletChain, String)? {
        guard let wallet = body["wallet"], !wallet.isNull else { return nil }
        guard wallet.object != nil, let address = try wallet.text("address", 1...64) else {
            throw .invalid("wallet", "A wallet has \"chain\" and \"address\".")
        }
        return (try chain(wallet), address)
    }

    private static func bytes(
        _ body: JSONValue, _ name: String, _ limit: Int
    ) throws(ClientError) -> [UInt8]? {
        guard let text = try body.text(name, 0...((limit + 2) / 3 * 4)) else { return nil }
        guard let bytes = Base64.decode(text.utf8Span.span), bytes.count <= limit else {
            throw .invalid(name, "\"\(name)\" is base64 of at most \(limit) bytes.")
        }
        return bytes
    }

    // MARK: Answers

    static func answer(_ challenge: WalletChallenge) -> HTTPResponse {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("text")
        if let text = challenge.text { writer.value(text) } else { writer.null() }
        writer.key("challenge")
        writer.beginObject()
        let message = challenge.message(for: challenge.address ?? "")
        writer.field("domain", message.domain)
        writer.field("address", ifPresent: challenge.address)
        for field in SignInMessage.Field.allCases {
            guard let value = message.values[field] else { continue }
            writer.key(dynamic: field.rawValue)
            writer.value(value)
        }
        if let resources = message.resources {
            writer.key("resources")
            writer.beginArray()
            for resource in resources { writer.value(resource) }
            writer.endArray()
        }
        writer.endObject()
        writer.field("expires_at", challenge.expiresAt.milliseconds)
        writer.endObject()
        return HTTPResponse(.created, bytes: writer.span, type: .json)
    }

    static func answer(_ wallets: [WalletRecord]) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("wallets")
        writer.beginArray()
        for wallet in wallets { write(wallet, to: &writer) }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    static func answer(_ wallet: WalletRecord, _ status: HTTPStatus) -> HTTPResponse {
        var writer = JSONWriter()
        write(wallet, to: &writer)
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }

    private static func write(_ wallet: WalletRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("chain", wallet.chain)
        writer.field("address", wallet.address)
        writer.field("linked_at", wallet.linkedAt.milliseconds)
        writer.field("used_at", wallet.usedAt.milliseconds)
        writer.endObject()
    }
}
