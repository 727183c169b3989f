import ClientProtocol
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// How risky things are (REQUIREMENTS B8).
struct RiskRoutes {
    private let service: RiskService

    init(_ service: RiskService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let service = service
        let reading = [
            Route(.get, "/api/v1/risk/{}") { (request) async throws(ClientError) in
                let person = try request.person
                let symbol = try RiskRoutes.symbol(request)
                guard person.maySubscribe(symbol.riskChannel) else {
                    throw person.subscribeRefusal(symbol.riskChannel)
                }
                let report: RiskReport
                do throws(StorageError) {
                    report = try await service.report(symbol)
                } catch {
                    throw error.clientError
                }
                guard report.score != nil else {
                    let missing = JSONMember("missing", .array(report.missing.map { .string($0) }))
                    throw ClientError(
                        .insufficientData, "Too little is known of \(symbol) for a score."
                    ).detailed([missing])
                }
                return RiskRoutes.answer(report).tagged(for: request)
            }
        ]
        let giving = [
            Route(.put, "/api/v1/risk/{}") { (request) async throws(ClientError) in
                let person = try request.person
                let symbol = try RiskRoutes.symbol(request)
                guard person.mayPublish(symbol.riskChannel) else {
                    throw person.publishRefusal(symbol.riskChannel)
                }
                let inputs = try RiskRoutes.inputs(try request.json)
                do throws(StorageError) {
                    return RiskRoutes.answer(try await service.give(inputs, of: symbol))
                } catch {
                    throw error.clientError
                }
            }
        ]
        return reading.metered() + giving
    }

    private static func symbol(_ request: APIRequest) throws(ClientError) -> Symbol {
        guard let symbol = Symbol(request.parameters[0]) else {
            throw ClientError(.notFound, "No symbol is called so.")
        }
        return symbol
    }

    private static func inputs(_ body: JSONValue) throws(ClientError) -> RiskInputs {
        guard body.object != nil else {
            throw ClientError(.invalidMessage, "What is given is a JSON object.")
        }
        do throws(RiskError) {
            return try RiskInputs(body)
        } catch {
            guard case .invalidInput(let name) = error else {
                throw ClientError(.invalidMessage, "It cannot be read.")
            }
            let words =
                switch name {
                case "contract": "\"contract\" is none, unaudited or audited."
                case "audit_score":
                    "\"audit_score\" is a decimal of 0 to 100, beside the contract audited alone."
                case "sentiment", "top_holders": "\"\(name)\" is a decimal of 0 to 100."
                default: "\"\(name)\" is a decimal, not negative."
                }
            throw .invalid(name, words)
        }
    }

    private static func answer(_ report: RiskReport) -> HTTPResponse {
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        writer.field("symbol", report.symbol.text)
        report.writeMembers(to: &writer)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
