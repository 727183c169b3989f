import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

extension AccessRoutes {
    /// What a ban is about that is no person.
    private enum Banned: Sendable {
        case wallet(WalletKey)
        case network(AddressRange)

        var noun: String {
            switch self {
            case .wallet: "wallet"
            case .network: "network"
            }
        }

        init(_ body: JSONValue) throws(ClientError) {
            if let network = try body.text("network", 1...64) {
                guard body["wallet"] == nil, let range = AddressRange(network) else {
                    throw .invalid(
                        "network",
                        "A network is as 203.0.113.0/24 or 2001:db8::/32, with no bits behind its prefix.")
                }
                self = .network(range)
                return
            }
            self = .wallet(try Banned.wallet(body))
        }

        /// The wallet that a body names.
        static func wallet(_ body: JSONValue) throws(ClientError) -> WalletKey {
            guard let wallet = body["wallet"], wallet.object != nil else {
                throw .invalid("wallet", "A \"wallet\" or a \"network\" is needed.")
            }
            let chain = try WalletBody.chain(wallet)
            guard let address = try wallet.text("address", 1...64), TokenRules.isUser(address) else {
                throw .invalid("wallet", "A wallet has a \"chain\" and an \"address\".")
            }
            return WalletKey(
                tenant: try body.text("tenant", 1...64) ?? Principal.homeTenant, chain: chain.rawValue,
                address: address)
        }
    }

    var banWider: Route {
        let service = service
        return Route(.post, "/api/v1/bans") { (request) async throws(ClientError) in
            let by = try AccessRoutes.check(request)
            let body = try request.json
            let now = Timestamp.now()
            let until = try body.integer("until", (now.milliseconds + 1)...253_402_300_799_999)
            let terms = BanTerms(
                by: by, reason: try body.text("reason", 0...500), at: now,
                until: until.map { Timestamp(milliseconds: $0) })
            let banned = try Banned(body)
            try await Route.stored { () async throws(StorageError) in
                switch banned {
                case .wallet(let wallet): try await service.ban(wallet, terms)
                case .network(let network): try await service.ban(network, terms)
                }
            }
            return HTTPResponse(.noContent)
        }
    }

    var unbanWider: Route {
        let service = service
        return Route(.delete, "/api/v1/bans") { (request) async throws(ClientError) in
            try AccessRoutes.check(request)
            let banned = try Banned(try request.json)
            try await AccessRoutes.lifting("This \(banned.noun) is not banned from this server.") {
                () async throws(StorageError) in
                switch banned {
                case .wallet(let wallet): try await service.unban(wallet)
                case .network(let network): try await service.unban(network)
                }
            }
            return HTTPResponse(.noContent)
        }
    }
}
