import Bytes
import CCurl
import Glibc
import HTTP

/// One request on its way, on the client's thread alone.
@safe final class Transfer {
    typealias Finish = @Sendable (Result<HTTPClientResponse, HTTPClientError>) -> Void

    let id: UInt64
    // Invariant: libcurl's callbacks get this object, which the client keeps until the handle is off its multi handle.
    private let curl: CurlHandle
    /// What the multi handle knows it by.
    var handle: UnsafeMutableRawPointer { unsafe curl.raw }
    private let request: HTTPClientRequest
    private let finish: Finish
    private var response = HTTPClientResponse(status: 0, headers: HTTPHeaders(), body: [])
    private var isTooLarge = false
    private var isRefused = false

    /// Prepares a request; nil where its address cannot be one.
    init?(_ id: UInt64, _ request: HTTPClientRequest, authorities: String?, finish: @escaping Finish) {
        let curl = CurlHandle(
            protocols: "http,https", timeout: request.timeout, authorities: authorities)
        guard let curl else { return nil }
        self.id = id
        self.curl = curl
        self.request = request
        self.finish = finish
        guard setAddress(), setMethod() else { return nil }
        setFields()
        setBounds()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe stoa_curl_set_context(handle, CURLOPT_WRITEDATA, context)
        unsafe stoa_curl_set_context(handle, CURLOPT_HEADERDATA, context)
        unsafe stoa_curl_set_context(handle, CURLOPT_OPENSOCKETDATA, context)
        unsafe stoa_curl_set_bytes(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        unsafe stoa_curl_set_bytes(handle, CURLOPT_HEADERFUNCTION, receiveField)
        unsafe stoa_curl_set_open(handle, openSocket)
    }

    // MARK: What is asked

    private func setAddress() -> Bool {
        guard !request.url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return false }
        return curl.set(CURLOPT_URL, request.url)
    }

    private func setMethod() -> Bool {
        guard !request.body.isEmpty || request.method == .post else {
            if request.method == .head { curl.set(CURLOPT_NOBODY, 1) }
            return curl.set(CURLOPT_CUSTOMREQUEST, request.method.name)
        }
        unsafe stoa_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
        // The handle keeps a copy: the array's memory is its own only within a call.
        unsafe request.body.withUnsafeBytes { bytes in
            _ = unsafe stoa_curl_set_context(
                handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        }
        return curl.set(CURLOPT_CUSTOMREQUEST, request.method.name)
    }

    private func setFields() {
        var lines = (0..<request.headers.count).map { index in
            "\(request.headers.name(at: index)): \(request.headers.value(at: index))"
        }
        // A line break would be another field.
        lines.removeAll { $0.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 } }
        // libcurl would wait a second for a 100 that few servers send.
        curl.set(CURLOPT_HTTPHEADER, lines: lines + ["Expect:"])
    }

    private func setBounds() {
        curl.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout)
        curl.set(CURLOPT_FOLLOWLOCATION, request.redirectLimit > 0 ? 1 : 0)
        curl.set(CURLOPT_MAXREDIRS, request.redirectLimit)
        curl.set(CURLOPT_USERAGENT, "stoa")
    }

    // MARK: What comes

    /// Takes a part of the body; false where it would become too large.
    fileprivate func receive(body: UnsafeRawBufferPointer) -> Bool {
        guard response.body.count + body.count <= request.bodyLimit else {
            isTooLarge = true
            return false
        }
        unsafe response.body.append(contentsOf: body)
        return true
    }

    /// Takes a line of the head; false where there are too many.
    fileprivate func receive(field bytes: UnsafeRawBufferPointer) -> Bool {
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        // A further answer, after a redirect or an interim one.
        guard !line.hasPrefix("HTTP/") else {
            response.headers = HTTPHeaders()
            response.body = []
            return true
        }
        guard let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return true }
        guard response.headers.count < 256 else {
            isTooLarge = true
            return false
        }
        let value = line[line.index(after: colon)...].split { $0.isWhitespace }.joined(separator: " ")
        let name = String(line[..<colon])
        response.headers.append(name: name.utf8Span.span, value: value.utf8Span.span)
        return true
    }

    /// Opens a socket to an address, or refuses it.
    fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        let opened = unsafe CurlHandle.open(address, request.policy, isEncrypted: isEncrypted)
        if opened == nil { isRefused = true }
        return opened ?? -1
    }

    /// Whether the address asked for at this moment, perhaps a redirect's, is one of https.
    private var isEncrypted: Bool {
        var scheme: UnsafeMutablePointer<CChar>?
        guard unsafe stoa_curl_get_text(handle, CURLINFO_SCHEME, &scheme) == CURLE_OK,
            let scheme = unsafe scheme
        else { return false }
        return unsafe String(cString: scheme).lowercased() == "https"
    }

    // MARK: The end

    /// Tells whoever asked.
    func end(_ result: CURLcode) {
        guard result == CURLE_OK else { return finish(.failure(failure(result))) }
        var status = 0
        unsafe stoa_curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status)
        response.status = status
        finish(.success(response))
    }

    /// Tells whoever asked that there is no answer.
    func fail(_ error: HTTPClientError) { finish(.failure(error)) }

    private func failure(_ code: CURLcode) -> HTTPClientError {
        if isTooLarge { return .tooLarge }
        if isRefused { return .refusedAddress }
        let words = unsafe String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .badURL
        case CURLE_COULDNT_RESOLVE_HOST: return .unknownHost
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            return .tls(words)
        default: return .unreachable(words)
        }
    }
}

/// libcurl's write callback: another count than was given ends the transfer.
private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receive(body: part) ? size * count : -1
}

/// libcurl's header callback.
private func receiveField(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let part = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer.receive(field: part) ? size * count : -1
}

/// libcurl's socket callback.
private func openSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address else { return -1 }
    return unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().open(address)
}
