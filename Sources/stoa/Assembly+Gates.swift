import Gates
import Outbound
import PubSub
import Rooms
import Storage

extension Assembly {
    /// What judges people at the gates of rooms.
    ///
    /// - Parameter duties: What the process has in common with others over the same store.
    func gates(
        _ database: any Database, _ client: HTTPClient, _ duties: (any SharedDuties)? = nil
    ) -> RoomGates {
        let (solana, xrpl) = (configuration.solana, configuration.xrpl)
        return RoomGates(
            database: database, solana: SolanaReader(solana, RPCClient(solana, client)),
            xrpl: XRPLReader(xrpl, RPCClient(xrpl, client)), settings: configuration.gates, duties: duties)
    }

    /// What tells of accounts that change; nil where no node is asked to.
    func feed(_ tell: @escaping @Sendable (AccountFeed.Event) -> Void) async throws -> AccountFeed? {
        guard let url = configuration.optional("solana.rpc_ws").flatMap(WebSocketURL.init) else { return nil }
        return AccountFeed(
            url, on: try await LoopHost(), limit: configuration.int("solana.subscriptions"), tell: tell)
    }
}
