import Bytes
import ClientProtocol
import Decimals
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// People's portfolios (REQUIREMENTS B7); another's is not there, unless its owner shares it.
struct PortfolioRoutes {
    private let service: PortfolioService

    init(_ service: PortfolioService) { self.service = service }

    /// The routes; for people alone.
    var all: [Route] { reading.metered() + changing }

    private var reading: [Route] {
        let routes = self
        return [
            Route(.get, "/api/v1/portfolios") { (request) async throws(ClientError) in
                try await routes.list(request)
            },
            Route(.get, "/api/v1/portfolios/{}") { (request) async throws(ClientError) in
                let (record, person) = (try await routes.readable(request), try request.person.key)
                let valuation = try await Route.stored { () async throws(StorageError) in
                    try await routes.service.valuation(record)
                }
                return PortfolioRoutes.answer(record, person, valuation)
            },
        ]
    }

    private var changing: [Route] {
        let routes = self
        let (service, store, settings) = (service, service.store, service.settings)
        return [
            Route(.post, "/api/v1/portfolios") { (request) async throws(ClientError) in
                try await routes.make(request)
            },
            Route(.patch, "/api/v1/portfolios/{}") { (request) async throws(ClientError) in
                let name = try PortfolioRoutes.name(try request.json)
                return try await routes.change(request) { (id, owner) async throws(StorageError) in
                    try await store.rename(id, of: owner, to: name)
                }
            },
            Route(.delete, "/api/v1/portfolios/{}") { (request) async throws(ClientError) in
                _ = try await routes.change(request) { (id, owner) async throws(StorageError) in
                    try await service.delete(id, of: owner)
                }
                return HTTPResponse(.noContent)
            },
            Route(.put, "/api/v1/portfolios/{}/holdings/{}") { (request) async throws(ClientError) in
                guard let symbol = Symbol(request.parameters[1]) else {
                    throw ClientError(.notFound, "No symbol is called so.")
                }
                let amount = try PortfolioRoutes.amount(try request.json["amount"])
                // What is nothing is not held.
                let text = amount == 0 ? nil : amount.text
                return try await routes.change(request) { (id, owner) async throws(StorageError) in
                    try await store.hold(symbol.text, text, in: id, of: owner, limit: settings.holdings)
                }
            },
            Route(.put, "/api/v1/portfolios/{}/shares/{}") { (request) async throws(ClientError) in
                try await routes.share(request, isShared: true)
            },
            Route(.delete, "/api/v1/portfolios/{}/shares/{}") { (request) async throws(ClientError) in
                try await routes.share(request, isShared: false)
            },
        ]
    }

    // MARK: Requests

    private func list(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person.key
        let cursor = try request.pageID
        let limit = try request.limit()
        let store = service.store
        let found = try await Route.stored { () async throws(StorageError) in
            try await store.portfolios(of: person, after: cursor ?? "", limit: limit)
        }
        let page = Page(items: found, cursor: found.count == limit ? found.last?.id : nil)
        return .page("portfolios", page) { PortfolioRoutes.write($0, person, nil, to: &$1) }
    }

    /// The portfolio of the path, which the caller may read.
    private func readable(_ request: APIRequest) async throws(ClientError) -> PortfolioRecord {
        let person = try request.person.key
        let (id, store) = (request.parameters[0], service.store)
        let record = try await Route.stored { () async throws(StorageError) in
            try await store.portfolio(id, tenant: person.tenant)
        }
        guard let record, record.owner == person || record.readers.contains(person.user) else {
            throw PortfolioRoutes.unknown
        }
        return record
    }

    private func make(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person.key
        let body = try request.json
        var record = PortfolioRecord(owner: person, name: try PortfolioRoutes.name(body))
        record.holdings = try holdings(body)
        let (made, service) = (record, service)
        let outcome = try await Route.stored { () async throws(StorageError) in
            let outcome = try await service.store.make(made, limit: service.settings.perPerson)
            if outcome == .done { _ = try await service.changed(made.id, tenant: person.tenant) }
            return outcome
        }
        guard outcome == .done else {
            throw ClientError(
                .conflict, "A person has at most \(service.settings.perPerson) portfolios.", field: "name")
        }
        var answer = PortfolioRoutes.answer(record, person, nil)
        answer.status = .created
        return answer
    }

    private func holdings(_ body: JSONValue) throws(ClientError) -> [String: String] {
        guard let value = body["holdings"], !value.isNull else { return [:] }
        guard let members = value.object, members.count <= service.settings.holdings else {
            throw .invalid(
                "holdings", "\"holdings\" are amounts by symbol, at most \(service.settings.holdings).")
        }
        var holdings: [String: String] = [:]
        for member in members {
            guard let symbol = Symbol(member.name) else {
                throw .invalid("holdings", "\"holdings\" are amounts by symbol, as {\"BTC-USD\":\"0.5\"}.")
            }
            let amount = try PortfolioRoutes.amount(member.value, field: "holdings")
            if amount != 0 { holdings[symbol.text] = amount.text }
        }
        return holdings
    }

    private func share(_ request: APIRequest, isShared: Bool) async throws(ClientError) -> HTTPResponse {
        let (user, own) = (request.parameters[1], try request.person.user)
        let service = service
        guard TokenRules.isUser(user), user != own else {
            throw .invalid("user", "A portfolio is shared with another person, by their id.")
        }
        return try await change(request) { (id, owner) async throws(StorageError) in
            try await service.share(id, of: owner, with: user, isShared: isShared)
        }
    }

    /// Changes a portfolio of the caller, and answers with what it is now.
    private func change(
        _ request: APIRequest,
        _ body: @escaping @Sendable (String, PersonKey) async throws(StorageError) -> PortfolioOutcome
    ) async throws(ClientError) -> HTTPResponse {
        let person = try request.person.key
        let (id, service) = (request.parameters[0], service)
        let found = try await readable(request)
        guard found.owner == person else {
            throw ClientError(.forbidden, "Only its owner changes a portfolio.")
        }
        let (outcome, record) = try await Route.stored { () async throws(StorageError) in
            let outcome = try await body(id, person)
            return (outcome, try await service.changed(id, tenant: person.tenant))
        }
        switch outcome {
        case .unknown: throw PortfolioRoutes.unknown
        case .full:
            throw ClientError(
                .conflict,
                "A portfolio has at most \(service.settings.holdings) symbols and \(service.settings.shares) readers."
            )
        case .done: return PortfolioRoutes.answer(record ?? found, person, nil)
        }
    }

    // MARK: Parts

    private static let unknown = ClientError(.notFound, "There is no such portfolio.")

    private static func name(_ body: JSONValue) throws(ClientError) -> String {
        guard let name = try body.text("name", 1...64), TokenRules.isName(name) else {
            throw .invalid("name", "A portfolio needs a name of 1 to 64 characters.")
        }
        return name
    }

    private static func amount(
        _ value: JSONValue?, field: String = "amount"
    ) throws(ClientError) -> ExactDecimal {
        guard let amount = value.flatMap({ try? ExactDecimal($0) }), !amount.isNegative else {
            throw .invalid(
                field, "An amount is a decimal, not negative, with at most 18 digits on either side.")
        }
        return amount
    }

    // MARK: Answers

    private static func answer(
        _ record: PortfolioRecord, _ person: PersonKey, _ valuation: PortfolioValuation?
    ) -> HTTPResponse {
        var writer = JSONWriter()
        write(record, person, valuation, to: &writer)
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func write(
        _ record: PortfolioRecord, _ person: PersonKey, _ valuation: PortfolioValuation?,
        to writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.field("id", record.id)
        writer.field("name", record.name)
        writer.field("owner", record.owner.user)
        writer.key("holdings")
        writer.beginObject()
        for (symbol, amount) in record.holdings.sorted(by: { $0.key < $1.key }) {
            writer.key(dynamic: symbol)
            writer.value(amount)
        }
        writer.endObject()
        // Who reads it besides is its owner's business.
        if record.owner == person {
            writer.key("shared_with")
            writer.beginArray()
            for user in record.readers.sorted() { writer.value(user) }
            writer.endArray()
        }
        writer.field("created_at", record.createdAt.milliseconds)
        writer.field("changed_at", record.changedAt.milliseconds)
        if let valuation {
            writer.key("valuation")
            writer.beginObject()
            valuation.writeMembers(to: &writer)
            writer.endObject()
        }
        writer.endObject()
    }
}
