import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Bans of wallets from a room; for its moderators.
struct WalletBanRoutes {
    private let service: RoomService

    init(_ service: RoomService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/wallet-bans") { (request) async throws(ClientError) in
                .json(try await service.walletBans(request.person, request.parameters[0]))
            },
            Route(.post, "/api/v1/rooms/{}/wallet-bans") { (request) async throws(ClientError) in
                let body = try request.json
                let until = try body.integer(
                    "until", (Timestamp.now().milliseconds + 1)...253_402_300_799_999)
                try await service.ban(
                    request.person, request.parameters[0], wallet: WalletBanRoutes.wallet(body),
                    reason: body.text("reason", 0...500), until: until.map { Timestamp(milliseconds: $0) })
                return HTTPResponse(.noContent)
            },
            Route(.delete, "/api/v1/rooms/{}/wallet-bans") { (request) async throws(ClientError) in
                let wallet = try WalletBanRoutes.wallet(try request.json)
                try await service.unban(request.person, request.parameters[0], wallet: wallet)
                return HTTPResponse(.noContent)
            },
        ]
    }

    /// The wallet that a body names. Rooms and their people's wallets are the default tenant's.
    private static func wallet(_ body: JSONValue) throws(ClientError) -> WalletKey {
        let chain = try WalletBody.chain(body)
        guard let address = try body.text("address", 1...64), TokenRules.isUser(address) else {
            throw .invalid("address", "Which wallet? Its \"chain\" and \"address\" are needed.")
        }
        return WalletKey(chain: chain.rawValue, address: address)
    }
}
