import Bytes
import JSON
import StoaTesting
import Testing
import WebSocket

@Suite("Vectors: frames")
struct FrameVectorTests {
    @Test("bytes in, events or a close code out", arguments: try ProtocolFolder.vectors("frames"))
    func frames(_ vector: Vector) throws {
        let bytes = try FrameVectorTests.bytes(vector.json["in"]?.string ?? "")
        let expected = vector.json["expect"]?.array ?? []
        #expect(vector.json["source"]?.string != nil)
        let limits = vector.json["limits"]
        let isDeflating = vector.json["deflate"]?.bool ?? false
        #expect(FrameVectorTests.run([bytes], limits, isDeflating) == expected)
        #expect(FrameVectorTests.run(bytes.map { [$0] }, limits, isDeflating) == expected, "byte by byte")
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        let digits = hex.filter { $0 != " " }
        var bytes: [UInt8] = []
        var index = digits.startIndex
        while index < digits.endIndex {
            let next = digits.index(index, offsetBy: 2)
            guard let byte = UInt8(digits[index..<next], radix: 16) else {
                throw TestFailure("not hex: \(hex)")
            }
            bytes.append(byte)
            index = next
        }
        return bytes
    }

    private static func run(
        _ pieces: [[UInt8]], _ limits: JSONValue?, _ isDeflating: Bool
    ) -> [JSONValue] {
        let limits = WebSocketLimits(
            messageBytes: limits?["message_bytes"]?.integer.map { Int($0) } ?? 65_536,
            framesPerMessage: limits?["frames_per_message"]?.integer.map { Int($0) } ?? 1024,
            inflateRatio: limits?["inflate_ratio"]?.integer.map { Int($0) } ?? 200)
        let agreement = isDeflating ? DeflateAgreement() : nil
        var decoder = MessageDecoder(role: .server, limits: limits, deflate: agreement)
        var events: [JSONValue] = []
        for piece in pieces {
            var piece = piece
            var position = 0
            do throws(WebSocketError) {
                while true {
                    var span = piece.mutableSpan
                    guard let event = try decoder.next(in: &span, at: &position) else { break }
                    switch event {
                    case .message(let kind, .input(let range)): events.append(message(kind, piece[range]))
                    case .message(let kind, .assembled):
                        events.append(message(kind, [UInt8](decoder.assembled)[...]))
                    case .ping(let payload): events.append(control("ping", [UInt8](payload.span)))
                    case .pong(let payload): events.append(control("pong", [UInt8](payload.span)))
                    case .close(let code, let reason):
                        let number = code.map { JSONValue.integer(Int64($0)) } ?? .null
                        events.append(
                            .object([JSONMember("close", number), JSONMember("reason", .string(reason))]))
                    }
                }
            } catch {
                events.append(.object([JSONMember("fail", .integer(Int64(error.closeCode.rawValue)))]))
                break
            }
        }
        return events
    }

    private static func message(_ kind: MessageKind, _ bytes: ArraySlice<UInt8>) -> JSONValue {
        kind == .binary
            ? control("binary", Array(bytes))
            : .object([JSONMember("text", .string(String(decoding: bytes, as: UTF8.self)))])
    }

    private static func control(_ name: String, _ bytes: [UInt8]) -> JSONValue {
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return .object([JSONMember(name, .string(hex))])
    }
}
