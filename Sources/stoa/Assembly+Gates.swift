import Gates
import Outbound
import Rooms
import Storage

extension Assembly {
    /// What judges people at the gates of rooms.
    func gates(_ database: any Database, _ client: HTTPClient) -> RoomGates {
        let chain = configuration.chain
        let reader = SolanaReader(chain, RPCClient(chain, client))
        return RoomGates(
            database: database, reader: reader, hasNodes: !chain.endpoints.isEmpty,
            settings: configuration.gates)
    }
}
