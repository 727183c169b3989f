import Bytes
import HTTP
import Reactor

/// Tells ticks over one connection of our own server's REST interface, each request with the next symbols of its own.
final class PriceFeed: ConnectionHandler {
    private struct Asked {
        let ticks: Int
        let due: Int64
    }

    private let fleet: Fleet
    private let headers: HTTPHeaders
    private let symbols: [Int]
    private let batch: Int
    private let answered: (_ feed: PriceFeed, _ accepted: Int, _ due: Int64) -> Void
    private let failed: (String) -> Void
    private var connection: Connection?
    private var parser = ResponseParser()
    private var asked: [Asked] = []
    private var status = 0
    private var body: [UInt8] = []
    private var next = 0
    private var isClosed = false
    /// Whether requests may go; until then they wait in ``early``.
    private var isOpen = false
    private var early: [[UInt8]] = []

    /// Whether anything it told is not answered yet.
    var isWaiting: Bool { !asked.isEmpty }

    /// - Parameters:
    ///   - answered: Runs when ticks are durable, with how many were taken in and when they were due.
    ///   - failed: Runs with what went wrong.
    init(
        _ fleet: Fleet, _ token: String, _ symbols: [Int], batch: Int,
        answered: @escaping (_ feed: PriceFeed, _ accepted: Int, _ due: Int64) -> Void,
        failed: @escaping (String) -> Void
    ) {
        self.fleet = fleet
        headers = ["authorization": "Bearer " + token, "content-type": "application/json"]
        self.symbols = symbols
        self.batch = batch
        self.answered = answered
        self.failed = failed
    }

    /// Connects; what is told before the connection is there goes when it is.
    func open() throws {
        let tls = try fleet.target.tls.map { try TLSSession($0, on: fleet.loop, hostName: "localhost") }
        connection = try Connection(connectingTo: fleet.target.addresses[0], on: fleet.loop, tls: tls)
        connection?.handler = self
        isOpen = tls == nil
    }

    func close() {
        isClosed = true
        connection?.close()
    }

    /// Tells the next ticks in one request.
    func tell(due: Int64) {
        var text = ByteBuffer(capacity: batch * 32)
        for index in 0..<batch {
            let symbol = symbols[next]
            next = (next + 1) % symbols.count
            guard let price = fleet.prices?.tell(symbol, due: due) else { return }
            text.append(index == 0 ? "[{\"symbol\":\"S" : ",{\"symbol\":\"S")
            text.append(decimal: Int64(symbol))
            text.append("\",\"price\":\"")
            text.append(decimal: Int64(price))
            text.append("\"}")
        }
        text.append("]")
        asked.append(Asked(ticks: batch, due: due))
        var request = ByteBuffer(capacity: text.count + 640)
        do throws(HTTPError) {
            try RequestEncoder.append(
                .post, "/api/v1/prices", host: "localhost", headers: headers, body: text.array(),
                into: &request)
            if isOpen { connection?.write(request.span) } else { early.append(request.array()) }
        } catch {
            failed("the request cannot be written: \(error)")
        }
    }

    // MARK: Answers

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        do throws(HTTPError) {
            while let event = try parser.next(in: bytes.span, at: &position) {
                switch event {
                case .head(let head): status = Int(head.status.rawValue)
                case .body(let range): body.append(contentsOf: [UInt8](bytes.span.extracting(range)))
                case .end: end()
                }
            }
        } catch {
            failed("the server's answer is not HTTP: \(error)")
        }
    }

    private func end() {
        let text = body
        body = []
        guard !asked.isEmpty else { return failed("an answer came to nothing that was asked") }
        let asked = asked.removeFirst()
        let accepted = text.span.end(of: #""accepted":"#).map { Int(text.span.number(at: $0)) } ?? 0
        if status != 200 || accepted != asked.ticks {
            failed(
                "\(accepted) of \(asked.ticks) ticks were taken in, with \(status): "
                    + (String(utf8: text.span.extracting(first: min(200, text.count))) ?? "not text"))
        }
        answered(self, accepted, asked.due)
    }

    func connectionSecured() {
        isOpen = true
        for request in early { connection?.write(request.span) }
        early = []
    }

    func connectionPeerFinished() { connection?.finish() }
    func connectionDrained() {}
    func connectionClosed(_ reason: DisconnectReason) {
        connection = nil
        if !isClosed { failed("a feed's connection ended: \(reason)") }
    }
}
