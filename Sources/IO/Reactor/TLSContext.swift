import COpenSSL
import Glibc
import Synchronization

/// The certificates and rules that TLS sessions are made from; immutable, so that a reload makes a new one.
@safe public final class TLSContext: Sendable {
    /// A certificate chain with its private key, both PEM files.
    public struct Identity: Sendable, Equatable {
        /// The chain's path, the server's own certificate first.
        public var certificatePath: String
        /// The key's path.
        public var keyPath: String

        /// A pair of files.
        public init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// Which side of a session this context makes.
    enum Role { case server, client }

    // Invariant: a valid SSL_CTX from init to deinit. OpenSSL counts its references atomically, and nothing changes
    // it after init, so that any thread may make sessions from it.
    private nonisolated(unsafe) let context: OpaquePointer
    /// One further context for each identity after the first, chosen by the name that the client asks for.
    private let alternatives: [TLSContext]
    let role: Role

    /// Keys of session tickets, one set for the process: a reloaded certificate must not cost everybody a full
    /// handshake.
    private static let ticketKeys: [UInt8] = {
        var keys = [UInt8](repeating: 0, count: 80)
        _ = unsafe RAND_bytes(&keys, 80)
        return keys
    }()

    /// A server's context.
    ///
    /// - Parameter identities: The first answers where the client names none or an unknown one.
    /// - Throws: ``TLSError`` naming the file that cannot be read or does not fit.
    public convenience init(identities: [Identity]) throws(TLSError) {
        guard let first = identities.first else { throw TLSError("no TLS certificate is configured") }
        var others: [TLSContext] = []
        for identity in identities.dropFirst() { others.append(try TLSContext(identity, alternatives: [])) }
        try self.init(first, alternatives: others)
    }

    private init(_ identity: Identity, alternatives: [TLSContext]) throws(TLSError) {
        unsafe context = try TLSContext.make(server: true)
        role = .server
        self.alternatives = alternatives
        try unsafe TLSContext.load(identity, into: context)
        unsafe SSL_CTX_set_alpn_select_cb(context, selectProtocol, nil)
        if !alternatives.isEmpty {
            _ = unsafe stoa_SSL_CTX_set_tlsext_servername_callback(context, selectIdentity)
            _ = unsafe stoa_SSL_CTX_set_tlsext_servername_arg(
                context, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    /// A client's context, which verifies the server against the system's authorities or `authorityPath`.
    ///
    /// - Parameter authorityPath: A PEM file of authorities to trust in place of the system's.
    /// - Throws: ``TLSError`` where that cannot be read.
    public init(authorityPath: String?) throws(TLSError) {
        unsafe context = try TLSContext.make(server: false)
        role = .client
        alternatives = []
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        let loaded =
            if let authorityPath {
                unsafe SSL_CTX_load_verify_locations(context, authorityPath, nil)
            } else {
                unsafe SSL_CTX_set_default_verify_paths(context)
            }
        guard loaded == 1 else {
            throw TLSError("cannot read the authorities in \(authorityPath ?? "the system's store")")
        }
    }

    deinit { unsafe SSL_CTX_free(context) }

    @unsafe private static func make(server: Bool) throws(TLSError) -> OpaquePointer {
        guard let context = unsafe SSL_CTX_new(server ? TLS_server_method() : TLS_client_method()) else {
            throw TLSError("OpenSSL gives no context")
        }
        _ = unsafe stoa_SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)
        // Forward secrecy and authenticated encryption only. AES-128 goes first: it is not the weaker one for
        // traffic that lives for minutes, and a record of it costs a fifth less.
        _ = unsafe SSL_CTX_set_ciphersuites(
            context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
        _ = unsafe SSL_CTX_set_cipher_list(
            context, "ECDHE+AESGCM+AES128:ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL:!MD5:!SHA1")
        _ = unsafe stoa_SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384")
        _ = unsafe SSL_CTX_set_options(
            context,
            STOA_SSL_OPTIONS)
        // An idle session gives its 34 KB of record buffers back.
        _ = unsafe stoa_SSL_CTX_set_mode(context, Int(SSL_MODE_RELEASE_BUFFERS))
        if server {
            _ = unsafe stoa_SSL_CTX_set_session_cache_mode(context, Int(SSL_SESS_CACHE_OFF))
            _ = unsafe SSL_CTX_set_session_id_context(context, "stoa", 4)
            _ = unsafe SSL_CTX_set_num_tickets(context, 1)
            var keys = ticketKeys
            _ = unsafe SSL_CTX_ctrl(context, SSL_CTRL_SET_TLSEXT_TICKET_KEYS, keys.count, &keys)
        }
        return unsafe context
    }

    @unsafe private static func load(_ identity: Identity, into context: OpaquePointer) throws(TLSError) {
        // Without this OpenSSL would ask the terminal for an encrypted key's password, and wait.
        unsafe SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard unsafe SSL_CTX_use_certificate_chain_file(context, identity.certificatePath) == 1 else {
            throw TLSError("cannot use the certificate \(identity.certificatePath)")
        }
        guard unsafe SSL_CTX_use_PrivateKey_file(context, identity.keyPath, SSL_FILETYPE_PEM) == 1 else {
            // A key of the certificate's kind is compared with it already here.
            let isAnothers = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH
            throw isAnothers
                ? foreignKey(identity) : TLSError("cannot use the private key \(identity.keyPath)")
        }
        guard unsafe SSL_CTX_check_private_key(context) == 1 else {
            throw foreignKey(identity)
        }
    }

    private static func foreignKey(_ identity: Identity) -> TLSError {
        TLSError("the private key \(identity.keyPath) does not belong to \(identity.certificatePath)")
    }

    /// A new session's OpenSSL object, owned by the caller.
    @unsafe func makeSession() -> OpaquePointer? { unsafe SSL_new(context) }

    /// Whether this context's certificate is valid for a host name.
    private func covers(_ name: UnsafePointer<CChar>) -> Bool {
        guard let certificate = unsafe SSL_CTX_get0_certificate(context) else { return false }
        return unsafe X509_check_host(certificate, name, strlen(name), 0, nil) == 1
    }

    /// Gives the session the first context whose certificate covers the name.
    fileprivate func assign(_ session: OpaquePointer, name: UnsafePointer<CChar>) {
        guard unsafe !covers(name) else { return }
        for alternative in alternatives where unsafe alternative.covers(name) {
            _ = unsafe SSL_set_SSL_CTX(session, alternative.context)
            return
        }
    }
}

/// OpenSSL's server-name callback (RFC 6066 §3).
private func selectIdentity(
    _ session: OpaquePointer?, _ alert: UnsafeMutablePointer<CInt>?, _ argument: UnsafeMutableRawPointer?
) -> CInt {
    if let session = unsafe session, let argument = unsafe argument,
        let name = unsafe SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
    {
        // The context outlives its sessions: each holds a reference to it.
        unsafe Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue().assign(session, name: name)
    }
    return SSL_TLSEXT_ERR_OK
}

/// OpenSSL's ALPN callback: `http/1.1` or a fatal alert (RFC 7301 §3.2).
private func selectProtocol(
    _ session: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> CInt {
    guard let chosen = unsafe chosen, let chosenLength = unsafe chosenLength, let offered = unsafe offered
    else {
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
    let wanted: StaticString = "http/1.1"
    var index = 0
    while index < Int(offeredLength) {
        let length = unsafe Int(offered[index])
        guard index + 1 + length <= Int(offeredLength) else { break }
        let matches = wanted.withUTF8Buffer { name in
            guard length == name.count, let base = name.baseAddress else { return false }
            return unsafe memcmp(offered + index + 1, base, length) == 0
        }
        if matches {
            unsafe chosen.pointee = offered + index + 1
            unsafe chosenLength.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        index += 1 + length
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
