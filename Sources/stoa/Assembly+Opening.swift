import Gateway
import Identity
import Reactor
import Rooms
import Storage
import Telemetry

extension Assembly {
    /// Has the system allow as many descriptors as connections may need.
    static func prepareDescriptors(for connections: Int) {
        let allowed = DescriptorTable.prepare(for: (connections > 0 ? connections : 65_536) + 1024)
        guard allowed < connections + 256 else { return }
        Log.info(
            "the system allows \(allowed) descriptors: fewer than limits.connections (\(connections)) may need"
        )
    }

    /// With `--dev` there is a room to begin with.
    static func prepareDev(_ rooms: RoomRepository) async throws(StorageError) {
        let page = try await rooms.list(limit: 1, visibleTo: "")
        guard page.items.isEmpty else { return }
        var room = RoomRecord(name: "Study hall", creatorID: ServerInvitation.firstOwner)
        room.description = "A first room. Open the link in two windows and talk."
        _ = try await rooms.create(room, creatorName: "Stoa")
    }

    /// Says where the server listens, and with `--dev` how one gets in.
    func announce(_ places: ListeningPlaces, inviting signer: TokenSigner?) {
        if let watchers = places.watchers { Console.print("metrics on http://\(watchers.address)/metrics") }
        for socket in places.clients {
            Console.print("listening on \(places.isSecure(socket) ? "https" : "http")://\(socket.address)")
        }
        if let signer, let address = places.clients.first?.address {
            let scheme = places.tls == nil ? "http" : "https"
            Console.print("open \(scheme)://\(address)/#token=\(ServerInvitation.token(signer))")
        }
        let addresses = places.clients.map(\.address.description).joined(separator: ", ")
        Log.notice(
            "stoa \(ServerVersion.current) listens on \(addresses), \(loopCount) loops, data in \(place)")
        if configuration.flag("dev") { Log.notice("--dev: anybody who can reach this server gets a token") }
    }
}
