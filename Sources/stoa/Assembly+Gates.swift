import Gates
import Outbound
import Rooms
import Storage

extension Assembly {
    /// What judges people at the gates of rooms.
    func gates(_ database: any Database, _ client: HTTPClient) -> RoomGates {
        let (solana, xrpl) = (configuration.solana, configuration.xrpl)
        return RoomGates(
            database: database, solana: SolanaReader(solana, RPCClient(solana, client)),
            xrpl: XRPLReader(xrpl, RPCClient(xrpl, client)), settings: configuration.gates)
    }

    /// What tells of accounts that change; nil where no node is asked to.
    func feed(_ tell: @escaping @Sendable (AccountFeed.Event) -> Void) async throws -> AccountFeed? {
        guard let url = configuration.optional("solana.rpc_ws").flatMap(WebSocketURL.init) else { return nil }
        return AccountFeed(
            url, on: try await LoopHost(), limit: configuration.int("solana.subscriptions"), tell: tell)
    }
}
