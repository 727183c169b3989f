import Outbound
import Reactor

/// Why a name leads nowhere.
struct ResolutionFailure: Error { let words: String }

/// Looks a host up on another thread and posts what it found.
enum HostLookup {
    /// Where a host is, or why that is not known.
    struct Finding: Sendable {
        let host: String
        let result: Result<[SocketAddress], ResolutionFailure>
    }

    static func start(_ host: String, _ port: UInt16, _ mailbox: Mailbox<Finding>) {
        Task {
            do throws(ResolverError) {
                let places = try await Resolver.addresses(of: host, port: port)
                mailbox.post(Finding(host: host, result: .success(places)))
            } catch {
                mailbox.post(
                    Finding(host: host, result: .failure(ResolutionFailure(words: "\(error)"))))
            }
        }
    }
}
