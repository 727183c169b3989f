import Bytes
import ClientProtocol
import Decimals
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// People's alerts.
struct AlertRoutes {
    private static let repetitions = ["on_crossing", "while_true", "once"]
    private static let noteLength = 200

    private let service: AlertService

    init(_ service: AlertService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/alerts") { (request) async throws(ClientError) in
                let person = try request.person.key
                let cursor = try request.pageID
                let (subject, limit) = (request.query("symbol"), try request.limit())
                return try await Route.stored { () async throws(StorageError) in
                    .page(
                        "alerts",
                        try await service.repository.list(
                            of: person, subject: subject, cursor: cursor, limit: limit),
                        AlertRoutes.write)
                }
            },
            Route(.post, "/api/v1/alerts") { (request) async throws(ClientError) in
                try await AlertRoutes.make(request.json, request.person, service)
            },
            Route(.get, "/api/v1/alerts/{}") { (request) async throws(ClientError) in
                let (person, id) = (try request.person.key, request.parameters[0])
                return try await Route.stored { () async throws(StorageError) in
                    guard let alert = try await service.repository.alert(id, of: person) else {
                        throw .notFound("the alert")
                    }
                    return AlertRoutes.answer(alert)
                }
            },
            Route(.patch, "/api/v1/alerts/{}") { (request) async throws(ClientError) in
                try await AlertRoutes.change(
                    request.json, request.parameters[0], request.person, service)
            },
            Route(.delete, "/api/v1/alerts/{}") { (request) async throws(ClientError) in
                let (person, id) = (try request.person.key, request.parameters[0])
                return try await Route.stored { () async throws(StorageError) in
                    guard try await service.repository.delete(id, of: person) else {
                        throw .notFound("the alert")
                    }
                    service.wake()
                    return HTTPResponse(.noContent)
                }
            },
        ]
    }

    // MARK: Making and changing

    private static func make(
        _ body: JSONValue, _ person: Principal, _ service: AlertService
    ) async throws(ClientError) -> HTTPResponse {
        guard body.object != nil else { throw ClientError(.invalidMessage, "The body is a JSON object.") }
        let subject = try subject(body, person)
        guard let comparison = try comparison(body) else { throw badOperator }
        guard let value = try value(body, subject) else { throw badValue }
        let alert = StoredAlert(
            of: person.key, clientID: try body.text("client_id", 1...64), topic: subject.topic,
            comparison: comparison.sign, value: value,
            repetition: try repetition(body) ?? "on_crossing",
            cooldown: try body.integer("cooldown_ms", 0...Alert.cooldownLimit) ?? 0,
            note: try body.text("note", 0...noteLength) ?? "")
        let made: AlertRepository.Making
        do throws(StorageError) {
            made = try await service.make(alert)
        } catch {
            throw error.clientError
        }
        switch made {
        case .made(let alert): return answer(alert, .created)
        case .known(let alert): return answer(alert)
        case .tooMany:
            throw ClientError(.conflict, "You have \(service.settings.perPerson) alerts, as many as one may.")
        case .tooManyPortfolios:
            throw ClientError(
                .conflict, "Alerts watch as many portfolios as they may; ask whoever runs the server.",
                field: "portfolio")
        }
    }

    private static func change(
        _ body: JSONValue, _ id: String, _ person: Principal, _ service: AlertService
    ) async throws(ClientError) -> HTTPResponse {
        guard body.object != nil else { throw ClientError(.invalidMessage, "The body is a JSON object.") }
        let (isActive, comparison, repetition) = (
            try body.flag("active"), try comparison(body), try repetition(body)
        )
        let cooldown = try body.integer("cooldown_ms", 0...Alert.cooldownLimit)
        let note = try body.text("note", 0...noteLength)
        let value = try value(body, nil)
        return try await Route.stored { () async throws(StorageError) in
            let changed = try await service.change(id, of: person.key) { alert in
                alert.isActive = isActive ?? alert.isActive
                alert.comparison = comparison?.sign ?? alert.comparison
                alert.value = value ?? alert.value
                alert.repetition = repetition ?? alert.repetition
                alert.cooldown = cooldown ?? alert.cooldown
                alert.note = note ?? alert.note
            }
            guard let changed else { throw .notFound("the alert") }
            return answer(changed)
        }
    }

    private static func subject(
        _ body: JSONValue, _ person: Principal
    ) throws(ClientError) -> AlertSubject {
        let kind = try body.text("kind", 1...32) ?? "price"
        if kind == "portfolio_value" {
            guard let id = try body.text("portfolio", 1...64) else {
                throw .invalid("portfolio", "\"portfolio\" is the id of one of yours.")
            }
            return .portfolioValue(id)
        }
        guard ["price", "risk_score"].contains(kind) else {
            throw .invalid("kind", "\"kind\" is price, portfolio_value or risk_score.")
        }
        guard let symbol = try body.text("symbol", 1...Symbol.lengthLimit).flatMap({ Symbol($0) }) else {
            throw .invalid("symbol", "\"symbol\" names what has a price, as BTC-USD.")
        }
        guard person.maySubscribe(symbol.priceChannel) else {
            throw person.subscribeRefusal(symbol.priceChannel)
        }
        return kind == "price" ? .price(symbol) : .riskScore(symbol)
    }

    private static let badOperator = ClientError.invalid(
        "operator", "\"operator\" is one of >=, <=, >, < and crosses.")
    private static let badValue = ClientError.invalid(
        "value",
        "\"value\" is a decimal that is not negative, of 18 digits and 18 places; a risk score's is at most 100."
    )

    private static func comparison(_ body: JSONValue) throws(ClientError) -> AlertOperator? {
        guard let sign = body["operator"], !sign.isNull else { return nil }
        guard let found = sign.string.flatMap({ AlertOperator($0) }) else { throw badOperator }
        return found
    }

    private static func value(
        _ body: JSONValue, _ subject: AlertSubject?
    ) throws(ClientError) -> String? {
        guard let json = body["value"], !json.isNull else { return nil }
        guard let value = try? ExactDecimal(json), value >= 0 else { throw badValue }
        if case .riskScore = subject, value > 100 { throw badValue }
        return value.text
    }

    private static func repetition(_ body: JSONValue) throws(ClientError) -> String? {
        guard let text = body["repeat"], !text.isNull else { return nil }
        guard let found = text.string, repetitions.contains(found) else {
            throw .invalid("repeat", "\"repeat\" is one of \(repetitions.joined(separator: ", ")).")
        }
        return found
    }

    // MARK: Answers

    private static func answer(_ alert: StoredAlert, _ status: HTTPStatus = .ok) -> HTTPResponse {
        var writer = JSONWriter()
        write(alert, to: &writer)
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }

    private static func write(_ alert: StoredAlert, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", alert.id)
        writer.field("kind", alert.topic.kind)
        writer.field(
            alert.topic.kind == "portfolio_value" ? "portfolio" : "symbol", alert.topic.subject)
        writer.field("operator", alert.comparison)
        writer.field("value", alert.value)
        writer.field("repeat", alert.repetition)
        writer.field("cooldown_ms", alert.cooldown)
        writer.field("note", alert.note)
        writer.field("active", alert.isActive)
        writer.field("made_at", alert.madeAt.milliseconds)
        writer.key("last_triggered_at")
        if let at = alert.lastTriggeredAt { writer.value(at.milliseconds) } else { writer.null() }
        writer.field("trigger_count", alert.triggerCount)
        writer.endObject()
    }
}
