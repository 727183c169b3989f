import Bytes
import Storage

extension AccessList {
    /// Bans of wallets and networks, beside the rest of the list.
    struct Wider {
        var wallets: [WalletKey: WalletBan] = [:]
        var networks: [AddressRange: Timestamp?] = [:]
        /// Whose wallets are banned; made anew with each change.
        private(set) var people: [PersonKey: [Timestamp?]] = [:]

        var isEmpty: Bool { wallets.isEmpty }

        mutating func set(_ ban: WalletBan?, for wallet: WalletKey) {
            wallets[wallet] = ban
            people = [:]
            for ban in wallets.values {
                guard let user = ban.user else { continue }
                people[PersonKey(tenant: ban.wallet.tenant, user: user), default: []].append(ban.terms.until)
            }
        }

        func keepsOut(_ person: PersonKey, _ now: Timestamp) -> Bool {
            people[person]?.contains { until in until.map { $0 > now } ?? true } ?? false
        }
    }
}
