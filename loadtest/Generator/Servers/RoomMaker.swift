import Bytes
import HTTP
import Reactor

/// Makes the rooms of a run over one connection of our own server's REST interface.
final class RoomMaker: ConnectionHandler {
    private static let window = 64

    private let fleet: Fleet
    private let tokens: Tokens
    private let count: Int
    private let finished: (String?) -> Void
    private var connection: Connection?
    private var parser = ResponseParser()
    private var asked = 0
    private var made = 0
    private var isDone = false

    /// - Parameter finished: Runs once, with what went wrong or nil.
    init(_ fleet: Fleet, _ tokens: Tokens, count: Int, finished: @escaping (String?) -> Void) {
        self.fleet = fleet
        self.tokens = tokens
        self.count = count
        self.finished = finished
    }

    func start() {
        do {
            let tls = try fleet.target.tls.map { try TLSSession($0, on: fleet.loop, hostName: "localhost") }
            let connection = try Connection(connectingTo: fleet.target.addresses[0], on: fleet.loop, tls: tls)
            self.connection = connection
            connection.handler = self
            if tls == nil { connectionSecured() }
        } catch {
            end("\(error)")
        }
    }

    func connectionSecured() { for _ in 0..<RoomMaker.window { ask() } }

    private func ask() {
        guard asked < count else { return }
        let room = RoomDriver.room(asked)
        let body = #"{"id":"\#(room)","name":"Room \#(asked)","type":"public","max_participants":0}"#
        asked += 1
        var bytes = ByteBuffer(capacity: 600)
        let headers: HTTPHeaders = [
            "authorization": "Bearer " + tokens.make(user: "u_owner", name: "Owner"),
            "content-type": "application/json",
        ]
        do throws(HTTPError) {
            try RequestEncoder.append(
                .post, "/api/v1/rooms", host: "localhost", headers: headers, body: [UInt8](body.utf8),
                into: &bytes)
            connection?.write(bytes.span)
        } catch {
            end("\(error)")
        }
    }

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        do throws(HTTPError) {
            while let event = try parser.next(in: bytes.span, at: &position) {
                if case .head(let head) = event {
                    guard (200..<300).contains(head.status.rawValue) else {
                        return end("the server answered \(head.status.rawValue) to a new room")
                    }
                    made += 1
                    if made == count { return end(nil) }
                    ask()
                }
            }
        } catch {
            end("the server's answer is not HTTP: \(error)")
        }
    }

    private func end(_ problem: String?) {
        guard !isDone else { return }
        isDone = true
        connection?.finish()
        finished(problem)
    }

    func connectionPeerFinished() { connection?.finish() }
    func connectionDrained() {}
    func connectionClosed(_ reason: DisconnectReason) {
        connection = nil
        end("the connection ended: \(reason)")
    }
}
