import Bytes
import WebSocket

private let limit = 10_000

/// Inflating does not depend on how the bytes were cut and keeps its limit; what was deflated comes back.
///
/// The first byte chooses the window.
public func fuzzInflater(_ bytes: [UInt8]) {
    guard let options = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let windowBits = 15 - options % 7
    let (whole, cut) = (inflate([input], windowBits), inflate(pieces(of: input), windowBits))
    // zlib looks for what is nearer than the window in its output as well: only a cut shows who reached too far.
    let reachesTooFar =
        windowBits < 15 && (whole == .failure(.invalidDeflate) || cut == .failure(.invalidDeflate))
    require(whole == cut || reachesTooFar, "cuts do not matter: \(whole) and \(cut)")
    guard let deflater = Deflater(level: 1 + Int(options % 9), windowBits: windowBits) else { return }
    var packed = ByteBuffer()
    deflater.append(input.span, to: &packed)
    require(inflate([packed.array()], windowBits) == .success(input), "what was deflated comes back")
}

private func inflate(_ pieces: [[UInt8]], _ windowBits: UInt8) -> Result<[UInt8], WebSocketError> {
    guard let inflater = Inflater(windowBits: windowBits) else { return .success([]) }
    var output = ByteBuffer()
    defer { require(output.count <= limit + 1, "no more is inflated than may be kept") }
    do throws(WebSocketError) {
        for piece in pieces { try inflater.inflate(piece.span, into: &output, limit: limit) }
        try inflater.finish(into: &output, limit: limit)
        return .success(output.array())
    } catch {
        return .failure(error)
    }
}
