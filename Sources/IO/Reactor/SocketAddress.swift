import CLinux
import Glibc

/// Where a socket listens or a peer is: an IPv4 or IPv6 address with its port, or a path.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The three families that the server speaks.
    public enum Family: Hashable, Sendable { case ipv4, ipv6, unix }

    /// Which of them this is.
    public let family: Family
    /// The address in its usual text form without port, or the path of a Unix-domain socket.
    public let host: String
    /// The port; 0 for a Unix-domain socket.
    public let port: UInt16

    /// An address by its parts.
    ///
    /// - Returns: nil where `host` is neither an IPv4 nor an IPv6 address in numbers.
    public init?(host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            family = .ipv4
        } else if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            family = .ipv6
        } else {
            return nil
        }
        self.host = host
        self.port = port
    }

    /// A Unix-domain socket's address.
    ///
    /// - Returns: nil where the path is longer than the kernel takes (107 bytes).
    public init?(path: String) {
        guard path.utf8.count < 108, !path.isEmpty else { return nil }
        family = .unix
        host = path
        port = 0
    }

    /// An address in network byte order.
    ///
    /// - Returns: nil for anything but 4 or 16 bytes.
    public init?(addressBytes bytes: [UInt8], port: UInt16) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch bytes.count {
        case 4: unsafe inet_ntop(AF_INET, bytes, &text, socklen_t(text.count))
        case 16: unsafe inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count))
        default: return nil
        }
        let end = text.firstIndex(of: 0) ?? text.count
        self.init(
            host: String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self), port: port)
    }

    /// `127.0.0.1:80`, `[::1]:80` or `unix:/path`.
    public var description: String {
        switch family {
        case .ipv4: "\(host):\(port)"
        case .ipv6: "[\(host)]:\(port)"
        case .unix: "unix:\(host)"
        }
    }

    /// The address in network byte order, 4 or 16 bytes; nil for a Unix-domain socket.
    ///
    /// An IPv4 address that came mapped into IPv6 has 4.
    public var addressBytes: [UInt8]? {
        switch family {
        case .ipv4:
            var address = in_addr()
            guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return nil }
            return unsafe withUnsafeBytes(of: &address) { unsafe [UInt8]($0) }
        case .ipv6:
            var address = in6_addr()
            guard unsafe inet_pton(AF_INET6, host, &address) == 1 else { return nil }
            let bytes = unsafe withUnsafeBytes(of: &address) { unsafe [UInt8]($0) }
            let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? [UInt8](bytes[12...]) : bytes
        case .unix: return nil
        }
    }

    /// Reads what the kernel wrote.
    @unsafe init(storage: inout sockaddr_storage) {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        switch CInt(storage.ss_family) {
        case AF_INET:
            var (address, port) = unsafe withUnsafePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    unsafe ($0.pointee.sin_addr, $0.pointee.sin_port)
                }
            }
            unsafe inet_ntop(AF_INET, &address, &text, socklen_t(text.count))
            (family, self.port) = (.ipv4, UInt16(bigEndian: port))
        case AF_INET6:
            var (address, port) = unsafe withUnsafePointer(to: &storage) {
                unsafe $0.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    unsafe ($0.pointee.sin6_addr, $0.pointee.sin6_port)
                }
            }
            unsafe inet_ntop(AF_INET6, &address, &text, socklen_t(text.count))
            (family, self.port) = (.ipv6, UInt16(bigEndian: port))
        default:
            (family, port) = (.unix, 0)
        }
        let end = text.firstIndex(of: 0) ?? text.count
        host = String(decoding: text[..<end].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Lets `body` see the address in the kernel's form.
    @unsafe func withKernelForm<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var storage = sockaddr_storage()
        let length: Int
        switch family {
        case .ipv4:
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            _ = unsafe inet_pton(AF_INET, host, &address.sin_addr)
            unsafe withUnsafeMutableBytes(of: &storage) { target in
                unsafe withUnsafeBytes(of: &address) { unsafe target.copyMemory(from: $0) }
            }
            length = MemoryLayout<sockaddr_in>.size
        case .ipv6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            _ = unsafe inet_pton(AF_INET6, host, &address.sin6_addr)
            unsafe withUnsafeMutableBytes(of: &storage) { target in
                unsafe withUnsafeBytes(of: &address) { unsafe target.copyMemory(from: $0) }
            }
            length = MemoryLayout<sockaddr_in6>.size
        case .unix:
            storage.ss_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &storage) { target in
                // sun_path follows the two bytes of sun_family; init bounded its length.
                for (index, byte) in host.utf8.enumerated() { unsafe target[2 + index] = byte }
            }
            length = 2 + host.utf8.count + 1
        }
        return unsafe withUnsafePointer(to: &storage) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(length)) }
        }
    }
}
