import Bytes
import HTTP
import Reactor

/// Makes what a run needs over one connection of our own server's REST interface: rooms, alerts.
final class Maker: ConnectionHandler {
    /// What is asked for: a person's request with a body.
    struct Request {
        var path: String
        var token: String
        var body: String
    }

    private static let window = 64

    private let fleet: Fleet
    private let count: Int
    private let request: (Int) -> Request
    private let finished: (String?) -> Void
    private var connection: Connection?
    private var parser = ResponseParser()
    private var asked = 0
    private var made = 0
    private var isDone = false

    /// - Parameters:
    ///   - count: How many requests there are.
    ///   - request: Each of them, from 0.
    ///   - finished: Runs once, with what went wrong or nil.
    init(
        _ fleet: Fleet, count: Int, request: @escaping (Int) -> Request, finished: @escaping (String?) -> Void
    ) {
        self.fleet = fleet
        self.count = count
        self.request = request
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

    func connectionSecured() { for _ in 0..<Maker.window { ask() } }

    private func ask() {
        guard asked < count else { return }
        let request = request(asked)
        asked += 1
        var bytes = ByteBuffer(capacity: 600)
        let headers: HTTPHeaders = [
            "authorization": "Bearer " + request.token, "content-type": "application/json",
        ]
        do throws(HTTPError) {
            try RequestEncoder.append(
                .post, request.path, host: "localhost", headers: headers, body: [UInt8](request.body.utf8),
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
                        return end("the server answered \(head.status.rawValue) to what the run needs")
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

extension Maker.Request {
    /// A room that anybody may enter.
    static func room(_ number: Int, _ tokens: Tokens) -> Maker.Request {
        let id = RoomDriver.room(number)
        return Maker.Request(
            path: "/api/v1/rooms", token: tokens.make(user: "u_owner", name: "Owner"),
            body: #"{"id":"\#(id)","name":"Room \#(number)","type":"public","max_participants":0}"#)
    }

    /// An alert of a person at a price of symbol 0.
    static func alert(of person: Int, at price: Int, _ tokens: Tokens) -> Maker.Request {
        Maker.Request(
            path: "/api/v1/alerts", token: tokens.make(user: "u_\(person)", name: "Person \(person)"),
            body: #"{"symbol":"S0","operator":">=","value":"\#(price)"}"#)
    }
}
