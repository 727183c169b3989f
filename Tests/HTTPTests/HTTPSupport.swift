import Bytes
import HTTP

/// What a parser makes of pieces: one line per event, data joined.
func requests(_ pieces: [[UInt8]], limits: HTTPLimits = HTTPLimits()) -> [String] {
    var parser = RequestParser(limits: limits)
    var all: [String] = []
    var body: [UInt8] = []
    for piece in pieces {
        var position = 0
        do {
            while let event = try parser.next(in: piece.span, at: &position) {
                switch event {
                case .head(let head): all.append(describe(head))
                case .body(let range): body += piece[range]
                case .end:
                    all.append("end \(String(decoding: body, as: UTF8.self))")
                    body = []
                }
            }
        } catch {
            return all + ["error \(error)"]
        }
        precondition(position == piece.count)
    }
    return all
}

func requests(_ text: String, limits: HTTPLimits = HTTPLimits()) -> [String] {
    requests([Array(text.utf8)], limits: limits)
}

private func describe(_ head: HTTPRequestHead) -> String {
    let fields = (0..<head.headers.count).map { "\(head.headers.name(at: $0))=\(head.headers.value(at: $0))" }
    let stay = head.isKeepAlive ? "keep" : "close"
    return
        "\(head.method.name) \(head.target.text) \(head.version) \(stay) \(head.bodyKind) \(fields.joined(separator: "|"))"
}

func responses(_ pieces: [[UInt8]], answersHead: Bool = false, closes: Bool = false) -> [String] {
    var parser = ResponseParser()
    parser.answersHead = answersHead
    var all: [String] = []
    var body: [UInt8] = []
    for piece in pieces {
        var position = 0
        do {
            while let event = try parser.next(in: piece.span, at: &position) {
                switch event {
                case .head(let head):
                    all.append(
                        "\(head.status.rawValue) \(head.bodyKind) \(head.isKeepAlive ? "keep" : "close")")
                case .body(let range): body += piece[range]
                case .end:
                    all.append("end \(String(decoding: body, as: UTF8.self))")
                    body = []
                }
            }
        } catch {
            return all + ["error \(error)"]
        }
    }
    if closes { all.append(parser.close() ? "closed \(String(decoding: body, as: UTF8.self))" : "cut") }
    return all
}

/// The pieces of every cut into two, and the cut into single bytes.
func cuts(_ text: String) -> [[[UInt8]]] {
    let bytes = Array(text.utf8)
    return (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
}
