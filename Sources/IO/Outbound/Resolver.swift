import CLinux
import Glibc
public import Reactor

/// A host name that leads nowhere.
public struct ResolverError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The name.
    public let host: String
    /// The system's words.
    public let reason: String

    /// Name and reason.
    public var description: String { "\(host): \(reason)" }
}

/// Turns host names into addresses, on a thread of its own since the system's resolver blocks.
public enum Resolver {
    /// The addresses of a host, in the system's order of preference.
    ///
    /// - Throws: ``ResolverError``.
    public static func addresses(of host: String, port: UInt16) async throws(ResolverError) -> [SocketAddress]
    {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        let result: Result<[SocketAddress], ResolverError> = await withCheckedContinuation { continuation in
            DetachedThread.start(name: "resolver") { continuation.resume(returning: resolve(host, port)) }
        }
        return try result.get()
    }

    private static func resolve(_ host: String, _ port: UInt16) -> Result<[SocketAddress], ResolverError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(STOA_SOCK_STREAM)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            return .failure(ResolverError(host: host, reason: unsafe String(cString: gai_strerror(code))))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var text = [CChar](repeating: 0, count: 64)
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            let end = text.firstIndex(of: 0) ?? text.count
            let number = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
            if status == 0, let address = SocketAddress(host: number, port: port) {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }
}
