import Bytes
import ClientProtocol
public import HTTP
public import Identity
import PubSub
public import Rooms
public import Storage

/// The API without a server: the same routes over a store that no server has open, for the command line.
public struct LocalAPI: Sendable {
    private let router: Router
    private let trail: AuditTrail

    /// The routes over a store.
    public init(
        _ rooms: RoomContext, _ access: AccessService, _ serviceKeys: ServiceKeyService, _ tiers: TierService,
        _ emailLocks: EmailLocks, _ trail: AuditTrail, jobs: JobRepository, progress: ProgressRepository
    ) {
        self.trail = trail
        let service = RoomService(rooms)
        let audit = AuditRoutes(service, trail)
        // The operator, whom no pace concerns.
        let routes =
            RoomRoutes(service, PersonPace(GatewaySettings())).all + AccessRoutes(access).all
            + KeyRoutes(serviceKeys).all
            + TierRoutes(tiers).all
            + audit.rooms + audit.server + WalletBanRoutes(service).all
            + EmailLockRoutes(emailLocks).all + JobRoutes(jobs).all + ProgressUpkeepRoutes(progress).all
        router = Router(routes.audited())
    }

    /// Who runs the server: may do in every room what its owner may, and read and publish on every channel.
    ///
    /// - Parameter hours: How long that is so; what is answered at once needs none.
    public static func operatorPrincipal(as user: String = "operator", hours: Int64 = 1) -> Principal {
        Principal(
            user: user, name: user, isOperator: true,
            expiresAt: Timestamp(milliseconds: Timestamp.now().milliseconds + hours * 3_600_000),
            subscribeGrants: [ChannelPattern("*")], publishGrants: [ChannelPattern("*")])
    }

    /// Whoever watches the server by the listener made for it.
    static func watcherPrincipal() -> Principal {
        Principal(
            user: "watcher", name: "watcher", mayReadMetrics: true,
            expiresAt: Timestamp(milliseconds: Timestamp.now().milliseconds + 60_000))
    }

    /// Answers one request.
    public func call(_ method: HTTPMethod, _ target: RequestTarget, body: [UInt8], as user: String) async
        -> HTTPResponse
    {
        let requestID = Identifier.short("r")
        guard case .route(let route, let parameters) = router.match(method, target.segments) else {
            return .problem(ClientError(.notFound, "There is nothing at this path."), requestID: requestID)
        }
        let request = APIRequest(
            method: method, target: target, parameters: parameters, body: body,
            principal: LocalAPI.operatorPrincipal(as: user), requestID: requestID)
        do throws(ClientError) {
            return try await route.run(request, trail, .none)
        } catch {
            return .problem(error, requestID: requestID)
        }
    }
}
