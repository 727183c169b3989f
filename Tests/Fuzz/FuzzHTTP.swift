import Bytes
import HTTP
import WebSocket

private let limits = HTTPLimits(lineBytes: 200, headerCount: 10, headerBytes: 400, bodyBytes: 1000)

/// Requests do not depend on how the bytes were cut; what was read can be handled without a trap.
public func fuzzRequestParser(_ bytes: [UInt8]) {
    let (whole, cut) = (requests([bytes]), requests(pieces(of: bytes)))
    require(whole == cut, "cuts do not matter: \(whole) and \(cut)")
}

/// Responses do not depend on how the bytes were cut.
public func fuzzResponseParser(_ bytes: [UInt8]) {
    let (whole, cut) = (responses([bytes]), responses(pieces(of: bytes)))
    require(whole == cut, "cuts do not matter: \(whole) and \(cut)")
}

private func requests(_ pieces: [[UInt8]]) -> [String] {
    var parser = RequestParser(limits: limits)
    var log: [String] = []
    var body: [UInt8] = []
    for piece in pieces {
        var position = 0
        do throws(HTTPError) {
            while let event = try parser.next(in: piece.span, at: &position) {
                switch event {
                case .head(let head): log.append(describe(head))
                case .body(let range): body += piece[range]
                case .end:
                    require(body.count <= limits.bodyBytes, "bodies are bounded")
                    log.append("\(body)")
                    body = []
                }
            }
        } catch {
            return log + ["\(error) \(error.status.rawValue)"]
        }
        require(position == piece.count, "all is consumed")
    }
    return log
}

private func describe(_ head: HTTPRequestHead) -> String {
    for segment in head.target.segments { require(segment != "..", "no target climbs") }
    let items = head.target.queryItems.map { "\($0.name)=\($0.value)" }
    let handshake = Handshake.validate(head, subprotocols: ["stoa.v1"], deflate: DeflatePolicy())
    let fields = (0..<head.headers.count).map { head.headers.name(at: $0) + ":" + head.headers.value(at: $0) }
    return
        "\(head.method) \(head.target.text) \(head.target.segments) \(items) \(fields) \(head.isKeepAlive) \(handshake)"
}

private func responses(_ pieces: [[UInt8]]) -> [String] {
    var parser = ResponseParser(limits: limits)
    var log: [String] = []
    var body: [UInt8] = []
    for piece in pieces {
        var position = 0
        do throws(HTTPError) {
            while let event = try parser.next(in: piece.span, at: &position) {
                switch event {
                case .head(let head):
                    log.append("\(head.status.rawValue) \(head.headers.count) \(head.bodyKind)")
                case .body(let range): body += piece[range]
                case .end:
                    log.append("\(body)")
                    body = []
                }
            }
        } catch {
            // A body that is too long may be noticed at another piece; what came before is the same.
            return log + ["\(error)"]
        }
    }
    return log + ["\(body) \(parser.close())"]
}
