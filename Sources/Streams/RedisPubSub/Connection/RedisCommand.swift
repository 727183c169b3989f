import Bytes

/// Writes commands as Redis reads them: lists of bulk strings (RESP2).
enum RedisCommand {
    /// Appends a command to a server that calls its process `run`.
    static func append(_ arguments: [RedisArgument], run: String = "", to buffer: inout ByteBuffer) {
        begin(arguments.count, &buffer)
        for argument in arguments {
            switch argument {
            case .text(let text): append(text, &buffer)
            case .bytes(let bytes): append(bytes.span, &buffer)
            case .integer(let number):
                header(digits(of: number), &buffer)
                buffer.append(decimal: number)
                buffer.append("\r\n")
            case .run: append(run, &buffer)
            }
        }
    }

    /// Appends a `PUBLISH`, whose payload is copied once.
    static func appendPublish(_ payload: Span<UInt8>, to channel: String, _ buffer: inout ByteBuffer) {
        begin(3, &buffer)
        buffer.append("$7\r\nPUBLISH\r\n")
        append(channel, &buffer)
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

    /// How many characters a number has.
    private static func digits(of number: Int64) -> Int {
        var count = number < 0 ? 2 : 1
        var rest = number.magnitude / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }

    private static func append(_ text: String, _ buffer: inout ByteBuffer) {
        header(text.utf8.count, &buffer)
        buffer.append(text: text)
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
