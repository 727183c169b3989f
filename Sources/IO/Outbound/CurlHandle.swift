import CCurl
import Glibc

/// One transfer of libcurl's, set up as every one of ours is: TLS 1.2 at least, no proxy of the environment, no signals,
/// a time-out on the whole.
@safe final class CurlHandle {
    // Invariant: a valid handle from init to deinit, and the list that it uses until then.
    let raw: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?

    /// A transfer by some protocols; nil without memory.
    ///
    /// - Parameters:
    ///   - protocols: As `http,https`; redirects lead to no other.
    ///   - authorities: A PEM file to trust in place of the system's.
    init?(protocols: String, timeout: Duration, authorities: String?) {
        guard let raw = unsafe curl_easy_init() else { return nil }
        unsafe self.raw = raw
        set(CURLOPT_PROTOCOLS_STR, protocols)
        set(CURLOPT_REDIR_PROTOCOLS_STR, protocols)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_TIMEOUT_MS, timeout)
        // A proxy of the environment would be connected to in place of the address that the policy judges.
        set(CURLOPT_NOPROXY, "*")
        if let authorities { set(CURLOPT_CAINFO, authorities) }
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(list)
    }

    // MARK: Options

    /// - Returns: Whether libcurl takes it.
    @discardableResult
    func set(_ option: CURLoption, _ text: String) -> Bool {
        unsafe stoa_curl_set_text(raw, option, text) == CURLE_OK
    }

    func set(_ option: CURLoption, _ number: Int) { unsafe stoa_curl_set_number(raw, option, number) }

    /// In milliseconds, one at least: 0 would be none.
    func set(_ option: CURLoption, _ duration: Duration) {
        let (seconds, rest) = duration.components
        set(option, max(1, Int(seconds * 1000 + rest / 1_000_000_000_000_000)))
    }

    /// Sets the one option of a transfer that is a list.
    func set(_ option: CURLoption, lines: [String]) {
        precondition(unsafe list == nil)
        for line in lines { unsafe list = unsafe curl_slist_append(list, line) }
        unsafe stoa_curl_set_list(raw, option, list)
    }

    // MARK: Addresses

    /// Opens a socket to an address; nil where the policy does not admit it.
    static func open(
        _ address: UnsafePointer<curl_sockaddr>, _ policy: AddressPolicy, isEncrypted: Bool
    ) -> curl_socket_t? {
        guard let bytes = unsafe bytes(address), policy.admits(bytes, isEncrypted: isEncrypted) else {
            return nil
        }
        return unsafe socket(
            address.pointee.family, address.pointee.socktype | CInt(SOCK_CLOEXEC.rawValue),
            address.pointee.protocol)
    }

    private static func bytes(_ address: UnsafePointer<curl_sockaddr>) -> [UInt8]? {
        switch unsafe address.pointee.family {
        case AF_INET: unsafe part(of: address, at: MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
        case AF_INET6: unsafe part(of: address, at: MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
        default: nil
        }
    }

    private static func part(
        of address: UnsafePointer<curl_sockaddr>, at offset: Int?, _ count: Int
    ) -> [UInt8]? {
        guard let offset, let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr),
            unsafe Int(address.pointee.addrlen) >= offset + count
        else { return nil }
        // By the pointer: the address is longer than its declared type, which a copy would cut.
        let base = unsafe UnsafeRawPointer(address) + start + offset
        return unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count))
    }
}
