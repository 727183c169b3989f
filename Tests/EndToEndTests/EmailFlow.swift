import JSON
import StoaTesting

/// What tests of signing in by e-mail have in common.
enum EmailFlow {
    static func server(
        _ host: MailHost, _ settings: [String: String] = [:]
    ) async throws -> ServerProcess {
        var all = [
            "email.smtp_url": "smtp://127.0.0.1:\(host.port)", "email.tls": "false",
            "email.from": "Stoa <no-reply@stoa.example>", "limits.sign_ins": "0",
        ]
        all.merge(settings) { $1 }
        return try await ServerProcess(all)
    }

    static func ask(
        _ server: ServerProcess, _ address: String, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        let body = JSONValue.object([JSONMember("address", .string(address))])
        var writer = JSONWriter()
        body.write(to: &writer)
        return try await server.http("POST", "/api/v1/auth/email", writer.text(), headers: headers)
    }

    static func verify(
        _ server: ServerProcess, _ address: String, _ code: String, _ more: String = ""
    ) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/auth/email/verify", #"{"address":"\#(address)","code":"\#(code)"\#(more)}"#)
    }

    /// A code that a given one is not.
    static func other(_ code: String) -> String { code == "000000" ? "000001" : "000000" }
}
