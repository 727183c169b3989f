import Achievements
import ClientProtocol
import Identity
import Reactor
import Rooms

/// A person who asks for leaderboards of rooms without being in them on a connection.
public struct JudgedReader: Sendable {
    let person: Principal
    /// Why they may not see one; nil where they may see all.
    let refusal: ClientError?
}

// Leaderboards of rooms for those without a WebSocket: for who may read them over REST.
extension HTTPConnection {
    /// Looks up whether somebody may see these rooms' leaderboards.
    func judge(_ person: Principal, _ rooms: [String]) {
        connection.pauseReading()
        let (service, mailbox, connection) = (gateway.context.service, gateway.mailbox, id)
        Task {
            var refusal: ClientError?
            for room in rooms where refusal == nil {
                do throws(ClientError) {
                    try await service.checkMember(person, room)
                } catch {
                    refusal = error
                    refusal?.field = "channels"
                }
            }
            let reader = JudgedReader(person: person, refusal: refusal)
            mailbox.post(.judgedReader(connection: connection, reader))
        }
    }

    /// It is known.
    func judged(_ reader: JudgedReader) {
        judged = reader
        proceedAgain()
    }
}
