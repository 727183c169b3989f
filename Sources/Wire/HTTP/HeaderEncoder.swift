import Bytes

/// Writes what requests and responses have in common.
enum HeaderEncoder {
    static func append(_ headers: HTTPHeaders, to buffer: inout ByteBuffer) {
        for index in 0..<headers.count {
            buffer.append(headers.nameBytes(at: index))
            buffer.append(": ")
            buffer.append(headers.valueBytes(at: index))
            buffer.append("\r\n")
        }
    }

    static func append(_ body: BodyKind, to buffer: inout ByteBuffer) {
        switch body {
        case .length(let length):
            buffer.append("content-length: ")
            buffer.append(decimal: UInt64(length))
            buffer.append("\r\n")
        case .chunked: buffer.append("transfer-encoding: chunked\r\n")
        case .none, .untilClose: break
        }
    }

    static func appendChunk(_ bytes: Span<UInt8>, to buffer: inout ByteBuffer) {
        guard bytes.count > 0 else { return }
        buffer.append(text: String(bytes.count, radix: 16))
        buffer.append("\r\n")
        buffer.append(bytes)
        buffer.append("\r\n")
    }
}
