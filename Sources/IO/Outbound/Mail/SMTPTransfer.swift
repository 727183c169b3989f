import Bytes
import CCurl
import Glibc

/// One mail on its way to a host, on one thread from its begin to its end.
@safe final class SMTPTransfer {
    private let server: SMTPServer
    private let bytes: [UInt8]
    private var position = 0
    private var isRefused = false
    // Invariant: libcurl's callbacks get this object within `run`.
    private let curl: CurlHandle

    /// Prepares a mail; nil where it cannot be written, or libcurl has no memory.
    init?(_ message: SMTPMessage, to server: SMTPServer) {
        let curl = CurlHandle(
            protocols: "smtp,smtps", timeout: server.timeout, authorities: server.authorityPath)
        guard SMTPServer.isURL(server.url), let bytes = message.encoded, let curl else { return nil }
        self.server = server
        self.bytes = bytes
        self.curl = curl
        curl.set(CURLOPT_MAIL_FROM, "<\(message.sender)>")
        curl.set(CURLOPT_MAIL_RCPT, lines: ["<\(message.recipient)>"])
        setServer()
        curl.set(CURLOPT_UPLOAD, 1)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe stoa_curl_set_context(curl.raw, CURLOPT_READDATA, context)
        unsafe stoa_curl_set_bytes(curl.raw, CURLOPT_READFUNCTION, sendMail)
        unsafe stoa_curl_set_context(curl.raw, CURLOPT_OPENSOCKETDATA, context)
        unsafe stoa_curl_set_open(curl.raw, openMailSocket)
    }

    private func setServer() {
        curl.set(CURLOPT_URL, server.url)
        let tls = server.needsTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE
        curl.set(CURLOPT_USE_SSL, Int(tls.rawValue))
        if let user = server.user { curl.set(CURLOPT_USERNAME, user) }
        if let password = server.password { curl.set(CURLOPT_PASSWORD, password) }
    }

    /// Sends it, and waits for the host's last word.
    func run() -> SMTPError? {
        let result = unsafe curl_easy_perform(curl.raw)
        guard result != CURLE_OK else { return nil }
        guard !isRefused else {
            return SMTPError(reply: 0, words: "the host's address may not be connected to without TLS")
        }
        var reply = 0
        unsafe stoa_curl_get_number(curl.raw, CURLINFO_RESPONSE_CODE, &reply)
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
        let opened = unsafe CurlHandle.open(address, .any, isEncrypted: server.needsTLS)
        if opened == nil { isRefused = true }
        return opened ?? -1
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
