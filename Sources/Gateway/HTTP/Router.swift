import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON

/// A request for the API, as its route sees it.
struct APIRequest: Sendable {
    let method: HTTPMethod
    let target: RequestTarget
    /// The path's parameters in their order.
    let parameters: [String]
    /// The host that is asked, with its port where one was given.
    var host: String?
    var headers = HTTPHeaders()
    let body: [UInt8]
    let principal: Principal?
    let requestID: String
    /// The address that the request comes from, behind our own proxies.
    var client = ""

    /// The person who asks.
    ///
    /// - Throws: ``ClientError`` where the request carries no token.
    var person: Principal {
        get throws(ClientError) {
            guard let principal else { throw ClientError(.unauthenticated, "This needs a token.") }
            return principal
        }
    }

    /// The body as JSON.
    ///
    /// - Throws: ``ClientError`` where it is not JSON.
    var json: JSONValue {
        get throws(ClientError) {
            do throws(JSONError) {
                return try JSONValue(parsing: body.span)
            } catch {
                let place = error.location(in: body.span)
                let words =
                    switch error.reason {
                    case .tooDeep: "is nested too deeply"
                    case .duplicateKey: "names a member twice"
                    default: "is not JSON"
                    }
                throw ClientError(
                    .invalidMessage, "The body \(words) (line \(place.line), column \(place.column)).")
            }
        }
    }

    /// A query item's text; nil where it is absent or empty.
    func query(_ name: String) -> String? {
        guard let value = target.queryValue(name), !value.isEmpty else { return nil }
        return value
    }

    /// A query item's number.
    func number(_ name: String, _ bounds: ClosedRange<Int64>) throws(ClientError) -> Int64? {
        guard let text = query(name) else { return nil }
        guard let number = Int64(text), bounds.contains(number) else {
            throw .invalid(
                name, "\"\(name)\" is a whole number of \(bounds.lowerBound) to \(bounds.upperBound).")
        }
        return number
    }

    /// A query item that is `true` or `false`; false where it is absent.
    func flag(_ name: String) throws(ClientError) -> Bool {
        guard let text = query(name) else { return false }
        guard ["true", "false"].contains(text) else { throw .invalid(name, "\"\(name)\" is true or false.") }
        return text == "true"
    }

    /// How many rows are asked for.
    func limit(_ usual: Int = 50) throws(ClientError) -> Int {
        try number("limit", 1...Int64(ProtocolLimits.pageRows)).map { Int($0) } ?? usual
    }
}

/// One method of one path.
struct Route: Sendable {
    typealias Handler = @Sendable (APIRequest) async throws(ClientError) -> HTTPResponse

    let method: HTTPMethod
    /// The path as it is registered, which names the route in logs and metrics.
    let template: String
    /// The path's segments; `{}` stands for a parameter.
    let segments: [String]
    let handler: Handler
    /// What a service key needs for it; without another word it is for people alone.
    var keyAccess = KeyAccess.refused
    /// Whether it counts against the tier of who asks.
    var isMetered = false
    /// Whether it is about the rooms of the server's tenant, which nobody of another one may see.
    var isOfHome = false
    /// What the record keeps of it; nil for nothing.
    var audit: RouteAudit?

    /// A route.
    ///
    /// - Parameter path: As `/api/v1/rooms/{}/messages`.
    init(_ method: HTTPMethod, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        template = path
        segments = path.split(separator: "/").map(String.init)
        self.handler = handler
    }
}

extension HTTPMethod {
    /// Its name for metrics, where what a client makes up is one.
    var label: String {
        if case .other = self { "other" } else { name }
    }
}

/// Finds the route of a request.
struct Router: Sendable {
    /// What a request came to.
    enum Match {
        case route(Route, parameters: [String])
        /// The path is there, its methods are others.
        case otherMethods([HTTPMethod])
        case none
    }

    // By number of segments: a request is compared with few.
    private let routes: [Int: [Route]]

    init(_ routes: [Route]) { self.routes = Dictionary(grouping: routes, by: \.segments.count) }

    func match(_ method: HTTPMethod, _ segments: [String]) -> Match {
        var methods: [HTTPMethod] = []
        for route in routes[segments.count] ?? [] {
            guard let parameters = Router.parameters(route.segments, segments) else { continue }
            if route.method == method || method == .head && route.method == .get {
                return .route(route, parameters: parameters)
            }
            methods.append(route.method)
        }
        return methods.isEmpty ? .none : .otherMethods(methods)
    }

    private static func parameters(_ pattern: [String], _ segments: [String]) -> [String]? {
        var parameters: [String] = []
        for (wanted, segment) in zip(pattern, segments) {
            if wanted == "{}" {
                guard !segment.isEmpty, segment.utf8.count <= 128 else { return nil }
                parameters.append(segment)
            } else if wanted != segment {
                return nil
            }
        }
        return parameters
    }
}

extension HTTPResponse {
    /// A JSON answer.
    static func json(_ body: SharedBytes, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, bytes: body.span, type: .json)
    }

    /// A refusal as `application/problem+json`.
    static func problem(_ error: ClientError, requestID: String) -> HTTPResponse {
        let status = HTTPStatus(rawValue: UInt16(error.code.httpStatus)) ?? .internalServerError
        let body = error.problem(requestID: requestID)
        var response = HTTPResponse(status, bytes: body.span, type: .problem)
        if error.code.httpStatus == 401 { response.headers.set("www-authenticate", "Bearer") }
        if let wait = error.retryAfter { response.headers.set("retry-after", String((wait + 999) / 1000)) }
        if let limit = error.limit {
            response.headers.set("ratelimit-policy", limit.policy)
            response.headers.set("ratelimit", limit.level)
        }
        return response
    }
}
