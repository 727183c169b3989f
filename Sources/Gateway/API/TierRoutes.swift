import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// The tiers that people are given; for the operator alone.
struct TierRoutes {
    private let service: TierService

    init(_ service: TierService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let service = service
        let all = [
            Route(.get, "/api/v1/users/{}/tier") { (request) async throws(ClientError) in
                let person = try request.subjectOfOperator
                return TierRoutes.answer(person, service.tier(of: person))
            },
            Route(.put, "/api/v1/users/{}/tier") { (request) async throws(ClientError) in
                let person = try request.subjectOfOperator
                let tier = try TierRoutes.tier(try request.json)
                do throws(StorageError) {
                    try await service.set(tier, for: person)
                } catch {
                    throw error.clientError
                }
                return TierRoutes.answer(person, tier)
            },
        ]
        return all.forKeys(.scope(.admin))
    }

    private static func tier(_ body: JSONValue) throws(ClientError) -> RequestTier? {
        guard body["tier"]?.isNull != true else { return nil }
        guard let tier = body["tier"]?.string.flatMap(RequestTier.init(rawValue:)) else {
            let names = RequestTier.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("tier", "\"tier\" is one of \(names), or null for none of one's own.")
        }
        return tier
    }

    private static func answer(_ person: PersonKey, _ tier: RequestTier?) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("user", person.user)
        writer.field("tenant", person.tenant)
        writer.key("tier")
        if let tier { writer.value(tier.rawValue) } else { writer.null() }
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
