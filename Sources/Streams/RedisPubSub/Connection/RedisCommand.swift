import Bytes

/// Writes commands as Redis reads them: lists of bulk strings (RESP2).
enum RedisCommand {
    /// Appends a command to a server that calls its process `run`.
    static func append(_ arguments: [RedisArgument], run: String = "", to buffer: inout ByteBuffer) {
        begin(arguments.count, &buffer)
        for argument in arguments {
            switch argument {
            case .text(let text):
                header(text.utf8.count, &buffer)
                buffer.append(text: text)
                buffer.append("\r\n")
            case .bytes(let bytes): append(bytes.span, &buffer)
            case .integer(let number): append([UInt8](String(number).utf8).span, &buffer)
            case .run: append([UInt8](run.utf8).span, &buffer)
            }
        }
    }

    /// Appends a `PUBLISH`, whose payload is copied once.
    static func appendPublish(_ payload: Span<UInt8>, to channel: String, _ buffer: inout ByteBuffer) {
        begin(3, &buffer)
        buffer.append("$7\r\nPUBLISH\r\n")
        header(channel.utf8.count, &buffer)
        buffer.append(text: channel)
        buffer.append("\r\n")
        append(payload, &buffer)
    }

    private static func begin(_ count: Int, _ buffer: inout ByteBuffer) {
        buffer.append("*")
        buffer.append(decimal: Int64(count))
        buffer.append("\r\n")
    }

    private static func header(_ count: Int, _ buffer: inout ByteBuffer) {
        buffer.append("$")
        buffer.append(decimal: Int64(count))
        buffer.append("\r\n")
    }

    private static func append(_ bytes: Span<UInt8>, _ buffer: inout ByteBuffer) {
        header(bytes.count, &buffer)
        buffer.append(bytes)
        buffer.append("\r\n")
    }
}

/// One argument of a command.
enum RedisArgument: Sendable {
    case text(String)
    case bytes([UInt8])
    case integer(Int64)
    /// What the server calls its process, whichever gets the command in the end.
    case run
}

extension RedisArgument: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(value) }
}
