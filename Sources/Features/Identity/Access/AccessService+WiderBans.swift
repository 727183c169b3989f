import Bytes
public import Storage

extension AccessService {
    /// Bans a wallet from the whole server, and whoever has it: they are closed.
    public func ban(_ wallet: WalletKey, _ terms: BanTerms) async throws(StorageError) {
        let ban = try await wider.ban(wallet, terms)
        list.ban(ban)
        if let user = ban.user { announce(.person(PersonKey(tenant: wallet.tenant, user: user))) }
        changes.ring()
    }

    /// Lifts a wallet's ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(_ wallet: WalletKey) async throws(StorageError) {
        try await wider.unban(wallet)
        list.unban(wallet)
        changes.ring()
    }

    /// Bans a network from the whole server: who is connected from there is closed.
    public func ban(_ network: AddressRange, _ terms: BanTerms) async throws(StorageError) {
        try await wider.ban(NetworkBan(network: network.description, terms: terms))
        list.ban(network, until: terms.until)
        announce(.networks)
        changes.ring()
    }

    /// Lifts a network's ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(_ network: AddressRange) async throws(StorageError) {
        try await wider.unban(network: network.description)
        list.unban(network)
        announce(.networks)
        changes.ring()
    }

    /// The bans of wallets that hold.
    public func walletBans() async throws(StorageError) -> [WalletBan] { try await wider.wallets() }

    /// The bans of networks that hold.
    public func networkBans() async throws(StorageError) -> [NetworkBan] { try await wider.networks() }
}
