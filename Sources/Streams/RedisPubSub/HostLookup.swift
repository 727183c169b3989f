import Outbound
import Reactor

/// Why a name leads nowhere.
struct ResolutionFailure: Error { let words: String }

/// Looks a host up on another thread and posts what it found.
enum HostLookup {
    static func start(
        _ host: String, _ port: UInt16, _ mailbox: Mailbox<Result<[SocketAddress], ResolutionFailure>>
    ) {
        Task {
            do throws(ResolverError) {
                mailbox.post(.success(try await Resolver.addresses(of: host, port: port)))
            } catch {
                mailbox.post(.failure(ResolutionFailure(words: "\(error)")))
            }
        }
    }
}
