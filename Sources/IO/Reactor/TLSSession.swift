import Bytes
import COpenSSL
import Glibc

/// What TLS sessions of a loop read from and write to: the loop's buffers, through one BIO that all of them share.
///
/// OpenSSL's own socket BIO would cost a system call per record and its memory BIOs two buffers per connection. The
/// bytes of the read at hand are consumed within ``TLSSession/receive(_:ciphertextCount:)``; what is incomplete stays
/// inside the session.
@safe final class TLSTransport {
    unowned let loop: EventLoop
    // Invariant: a valid BIO from init to deinit whose data points to this object, which lives as long as its loop
    // and so longer than the sessions of the loop.
    fileprivate let bio: OpaquePointer?
    fileprivate var position = 0
    fileprivate var available = 0

    init(_ loop: EventLoop) {
        self.loop = loop
        unsafe bio = BIO_new(TLSTransport.method)
        unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        unsafe BIO_set_init(bio, 1)
    }

    deinit { unsafe BIO_free_all(bio) }

    // OpenSSL only reads it once it is filled in.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let method = unsafe BIO_meth_new(CInt(BIO_TYPE_SOURCE_SINK) | BIO_get_new_index(), "event loop")
        unsafe BIO_meth_set_read(method) { bio, target, length in
            unsafe TLSTransport.of(bio).read(into: target, length)
        }
        unsafe BIO_meth_set_write(method) { bio, source, length in
            unsafe TLSTransport.of(bio).write(source, length)
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return unsafe method
    }()

    @unsafe private static func of(_ bio: OpaquePointer?) -> TLSTransport {
        // The data is set in init and never changed.
        unsafe Unmanaged<TLSTransport>.fromOpaque(BIO_get_data(bio).unsafelyUnwrapped).takeUnretainedValue()
    }

    @unsafe private func read(into target: UnsafeMutablePointer<CChar>?, _ length: CInt) -> CInt {
        unsafe stoa_BIO_clear_retry_flags(bio)
        guard available > position, let target = unsafe target, length > 0 else {
            unsafe stoa_BIO_set_retry_read(bio)
            return -1
        }
        let count = min(Int(length), available - position)
        unsafe memcpy(target, loop.readBuffer.pointer + position, count)
        position += count
        return CInt(count)
    }

    @unsafe private func write(_ source: UnsafePointer<CChar>?, _ length: CInt) -> CInt {
        guard let source = unsafe source, length > 0 else { return 0 }
        unsafe loop.recordBuffer.appendUninitialized(minimum: Int(length)) { spare in
            unsafe memcpy(spare.baseAddress.unsafelyUnwrapped, source, Int(length))
            return Int(length)
        }
        return length
    }
}

/// One TLS session over a connection's bytes: no socket, no clock.
@safe public final class TLSSession {
    /// What a read came to.
    enum Received {
        /// Plain bytes at the beginning of the loop's plain buffer.
        case bytes(Int)
        case needsMore
        /// The peer has closed in order.
        case closed
        case failed
    }

    // Invariant: a valid SSL from init to deinit, used by the loop's thread only.
    private let session: OpaquePointer
    private let context: TLSContext
    let role: TLSContext.Role
    /// Whether the handshake is done.
    public private(set) var isEstablished = false
    private var hasFailed = false
    /// Whether the handshake took an earlier session up again.
    var isResumed: Bool { unsafe SSL_session_reused(session) == 1 }

    /// A session over connections of a loop.
    ///
    /// - Parameter hostName: The server to ask for and to verify; for clients.
    /// - Throws: ``TLSError`` where memory has run out.
    public init(_ context: TLSContext, on loop: EventLoop, hostName: String? = nil) throws(TLSError) {
        guard let session = unsafe context.makeSession() else { throw TLSError("OpenSSL gives no session") }
        unsafe self.session = session
        self.context = context
        role = context.role
        let bio = unsafe loop.tlsTransport.bio
        // SSL_set_bio takes one reference for each of the two.
        unsafe BIO_up_ref(bio)
        unsafe BIO_up_ref(bio)
        unsafe SSL_set_bio(session, bio, bio)
        switch role {
        case .server:
            unsafe SSL_set_accept_state(session)
        case .client:
            unsafe SSL_set_connect_state(session)
            if let hostName {
                _ = unsafe stoa_SSL_set_tlsext_host_name(session, hostName)
                _ = unsafe SSL_set1_host(session, hostName)
            }
        }
    }

    deinit { unsafe SSL_free(session) }

    /// Begins a client's handshake: its first words, into the loop's record buffer.
    ///
    /// A connection may be made while another one's bytes are being read: what is left of them is not this one's answer.
    func begin(_ loop: EventLoop) -> Received {
        let transport = loop.tlsTransport
        let left = transport.available
        transport.available = transport.position
        defer { transport.available = left }
        return receive(loop, ciphertextCount: 0)
    }

    /// Decrypts what the loop's read buffer holds, a piece at a time.
    ///
    /// - Parameter ciphertextCount: Bytes there on the first call for a read, 0 on the following ones.
    func receive(_ loop: EventLoop, ciphertextCount: Int) -> Received {
        let transport = loop.tlsTransport
        if ciphertextCount > 0 {
            transport.position = 0
            transport.available = ciphertextCount
        }
        guard !hasFailed else { return .failed }
        ERR_clear_error()
        if !isEstablished {
            let result = unsafe SSL_do_handshake(session)
            guard result == 1 else { return outcome(result) }
            isEstablished = true
        }
        let count = unsafe SSL_read(session, loop.plainBuffer.pointer, CInt(loop.plainBuffer.capacity))
        return count > 0 ? .bytes(Int(count)) : outcome(count)
    }

    private func outcome(_ result: CInt) -> Received {
        switch unsafe SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .needsMore
        case SSL_ERROR_ZERO_RETURN: return .closed
        default:
            hasFailed = true
            ERR_clear_error()
            return .failed
        }
    }

    /// Why the peer's certificate was not accepted; nil where it was, or none came.
    var certificateFault: String? {
        let result = unsafe SSL_get_verify_result(session)
        guard result != X509_V_OK else { return nil }
        return unsafe String(cString: X509_verify_cert_error_string(result))
    }

    /// Encrypts bytes into the loop's record buffer.
    func send(_ bytes: Span<UInt8>, _ loop: EventLoop) {
        guard isEstablished, !hasFailed else { return }
        ERR_clear_error()
        let written = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe SSL_write(session, source.baseAddress, CInt(source.count))
        }
        // The record buffer takes all, so that only a broken session writes less.
        if written < CInt(bytes.count) { hasFailed = true }
    }

    /// Puts the closing alert into the loop's record buffer.
    func closeNotify(_ loop: EventLoop) {
        guard isEstablished, !hasFailed else { return }
        _ = unsafe SSL_shutdown(session)
    }
}
