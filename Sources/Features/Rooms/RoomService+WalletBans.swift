public import Bytes
public import ClientProtocol
public import Identity
import JSON
public import Storage

extension RoomService {
    /// Bans a wallet from a room, and whoever has it: at once on every connection.
    public func ban(
        _ principal: Principal, _ room: String, wallet: WalletKey, reason: String?, until: Timestamp?
    ) async throws(ClientError) {
        let standing = try await moderator(principal, room)
        let terms = BanTerms(by: principal.user, reason: reason, at: .now(), until: until)
        let ban = try await stored { () async throws(StorageError) in
            try await context.rooms.ban(wallet, in: room, terms, as: standing.role)
        }
        guard let ban else {
            throw ClientError(
                .forbidden, "Whoever has this wallet, or has banned it, is not below you.", field: "wallet")
        }
        guard let user = ban.user else { return }
        _ = try await stored { () async throws(StorageError) in
            try await context.rooms.remove(room, user: user)
        }
        context.post(.evict(room: room, user: user, isBan: true, reason: reason), to: room)
    }

    /// Lifts a wallet's ban.
    public func unban(_ principal: Principal, _ room: String, wallet: WalletKey) async throws(ClientError) {
        let standing = try await moderator(principal, room)
        let isLifted = try await stored { () async throws(StorageError) in
            try await context.rooms.unban(wallet, in: room, as: standing.role)
        }
        guard !isLifted else { return }
        throw ClientError(.notFound, "There is no ban of this wallet that you may lift.", field: "wallet")
    }

    /// The bans of wallets in force.
    public func walletBans(_ principal: Principal, _ room: String) async throws(ClientError) -> SharedBytes {
        _ = try await moderator(principal, room)
        let bans = try await stored { () async throws(StorageError) in
            try await context.rooms.walletBans(room)
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("wallets")
        writer.beginArray()
        for ban in bans {
            writer.beginObject()
            writer.field("chain", ban.wallet.chain)
            writer.field("address", ban.wallet.address)
            writer.field("by", ban.terms.by)
            writer.optional("reason", ban.terms.reason)
            writer.field("at", ban.terms.at.milliseconds)
            writer.optional("until", ban.terms.until)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return SharedBytes(writer.span)
    }
}
