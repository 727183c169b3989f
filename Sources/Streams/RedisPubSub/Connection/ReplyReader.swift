import CHiredis

/// hiredis' reader of replies: bytes in as they come, whole replies out.
///
/// Invariant: `reader` is valid from `init` to `deinit` and used by one thread; a reply of hiredis lives only inside
/// ``next()``, which copies it and frees it.
@safe struct ReplyReader: ~Copyable {
    /// Lists inside lists; hiredis itself stops at 7.
    private static let depth = 7
    /// A buffer above this is given back when it runs empty.
    private static let keptBytes = 1 << 20

    private let reader: UnsafeMutablePointer<redisReader>

    /// A reader at the beginning of a stream; nil where there is no memory.
    init?() {
        guard let reader = unsafe redisReaderCreate() else { return nil }
        unsafe self.reader = unsafe reader
        unsafe stoa_redisReaderSetMaxBuffer(reader, ReplyReader.keptBytes)
    }

    deinit { unsafe redisReaderFree(reader) }

    /// Takes bytes that came.
    ///
    /// - Throws: ``RedisError/protocolViolation(_:)`` where there is no memory or an earlier byte was wrong.
    func feed(_ bytes: Span<UInt8>) throws(RedisError) {
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe redisReaderFeed(
                reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard code == REDIS_OK else { throw failure }
    }

    /// The next whole reply, nil where more bytes are needed.
    ///
    /// - Throws: ``RedisError/protocolViolation(_:)`` for what is no RESP2; the stream is lost.
    func next() throws(RedisError) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &object) == REDIS_OK else { throw failure }
        guard let object = unsafe object else { return nil }
        defer { unsafe freeReplyObject(object) }
        return unsafe ReplyReader.copy(object.assumingMemoryBound(to: redisReply.self), ReplyReader.depth)
    }

    private var failure: RedisError {
        .protocolViolation(unsafe String(cString: stoa_redisReaderError(reader)))
    }

    private static func copy(_ reply: UnsafeMutablePointer<redisReply>, _ depth: Int) -> RedisReply {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .bytes(unsafe bytes(of: reply))
        case REDIS_REPLY_ERROR: return .error(String(decoding: unsafe bytes(of: reply), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(unsafe reply.pointee.integer)
        case REDIS_REPLY_ARRAY where depth > 0:
            var members: [RedisReply] = []
            let count = unsafe reply.pointee.elements
            members.reserveCapacity(count)
            for index in 0..<count {
                guard let member = unsafe reply.pointee.element[index] else { continue }
                members.append(unsafe copy(member, depth - 1))
            }
            return .list(members)
        default: return .null
        }
    }

    private static func bytes(of reply: UnsafeMutablePointer<redisReply>) -> [UInt8] {
        guard let text = unsafe reply.pointee.str else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: reply.pointee.len))
    }
}
