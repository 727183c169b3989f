import Bytes
import CCurl
import Glibc

/// One mail on its way to a host, on one thread from its begin to its end.
@safe final class SMTPTransfer {
    private let server: SMTPServer
    private let bytes: [UInt8]
    private var position = 0
    private var isRefused = false
    // Invariant: a valid handle from init to deinit; libcurl's callbacks get this object within `run`.
    private let handle: UnsafeMutableRawPointer
    private var recipients: UnsafeMutablePointer<curl_slist>?

    /// Prepares a mail; nil where it cannot be written, or libcurl has no memory.
    init?(_ message: SMTPMessage, to server: SMTPServer) {
        guard SMTPServer.isURL(server.url), let bytes = message.encoded,
            let handle = unsafe curl_easy_init()
        else { return nil }
        self.server = server
        self.bytes = bytes
        unsafe self.handle = handle
        unsafe recipients = unsafe curl_slist_append(nil, "<\(message.recipient)>")
        unsafe stoa_curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(message.sender)>")
        unsafe stoa_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        setServer()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe stoa_curl_set_number(handle, CURLOPT_UPLOAD, 1)
        unsafe stoa_curl_set_context(handle, CURLOPT_READDATA, context)
        unsafe stoa_curl_set_bytes(handle, CURLOPT_READFUNCTION, sendMail)
        unsafe stoa_curl_set_context(handle, CURLOPT_OPENSOCKETDATA, context)
        unsafe stoa_curl_set_open(handle, openMailSocket)
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
        unsafe curl_slist_free_all(recipients)
    }

    private func setServer() {
        unsafe stoa_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        unsafe stoa_curl_set_text(handle, CURLOPT_URL, server.url)
        unsafe stoa_curl_set_number(
            handle, CURLOPT_USE_SSL,
            server.needsTLS ? Int(CURLUSESSL_ALL.rawValue) : Int(CURLUSESSL_NONE.rawValue))
        unsafe stoa_curl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        unsafe stoa_curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        let timeout = Int(server.timeout.components.seconds * 1000)
        unsafe stoa_curl_set_number(handle, CURLOPT_TIMEOUT_MS, max(1, timeout))
        unsafe stoa_curl_set_text(handle, CURLOPT_NOPROXY, "*")
        if let user = server.user { unsafe stoa_curl_set_text(handle, CURLOPT_USERNAME, user) }
        if let password = server.password { unsafe stoa_curl_set_text(handle, CURLOPT_PASSWORD, password) }
        if let path = server.authorityPath { unsafe stoa_curl_set_text(handle, CURLOPT_CAINFO, path) }
    }

    /// Sends it, and waits for the host's last word.
    func run() -> SMTPError? {
        let result = unsafe curl_easy_perform(handle)
        guard result != CURLE_OK else { return nil }
        guard !isRefused else {
            return SMTPError(reply: 0, words: "the host's address may not be connected to without TLS")
        }
        var reply = 0
        unsafe stoa_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &reply)
        return SMTPError(reply: reply, words: unsafe String(cString: curl_easy_strerror(result)))
    }

    /// Hands out the next part of the mail.
    fileprivate func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, bytes.count - position)
        unsafe target.copyBytes(from: bytes[position..<(position + count)])
        position += count
        return count
    }

    /// Opens a socket to an address; without TLS only to one of this machine.
    fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        guard let bytes = unsafe Transfer.bytes(address),
            AddressPolicy.any.admits(bytes, isEncrypted: server.needsTLS)
        else {
            isRefused = true
            return curl_socket_t(-1)
        }
        return unsafe socket(
            address.pointee.family, address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue),
            address.pointee.protocol)
    }
}

/// libcurl's read callback.
private func sendMail(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
    let target = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.read(into: target)
}

/// libcurl's socket callback.
private func openMailSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address else { return -1 }
    return unsafe Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue().open(address)
}
