public import JSON

/// Reads answers of JSON-RPC 2.0.
public enum RPCAnswer {
    /// The code of a question that is wrong whomever one asks.
    static let invalidParameters: Int64 = -32602

    /// The code of a method that the node does not have.
    static let unknownMethod: Int64 = -32601

    /// The result in the body of an answer of the XRP Ledger's nodes; of an account that is not there too, whose `error`
    /// says so.
    ///
    /// - Throws: ``UnknownReason``.
    public static func rippledResult(of body: [UInt8]) throws(UnknownReason) -> JSONValue {
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONValue(parsing: body.span)
        } catch {
            throw .malformed
        }
        guard let result = answer["result"], let status = result["status"]?.string else { throw .malformed }
        if status == "success" { return result }
        switch result["error"]?.string {
        case "actNotFound": return result
        case "slowDown", "tooBusy": throw .rateLimited
        case "noCurrent", "noNetwork", "noClosed", "lgrNotFound", "lgrNotValidated": throw .stale
        case .some: throw .refused(result["error_code"]?.integer ?? 0)
        case nil: throw .malformed
        }
    }

    /// The result in an answer's body.
    ///
    /// - Parameter allowsNull: Whether `null` is an answer.
    /// - Throws: ``UnknownReason``, also for a result that is `null` and may not be.
    public static func result(
        of body: [UInt8], id: Int64, allowsNull: Bool = false
    ) throws(UnknownReason) -> JSONValue {
        let answer: JSONValue
        do throws(JSONError) {
            answer = try JSONValue(parsing: body.span)
        } catch {
            throw .malformed
        }
        guard answer["jsonrpc"]?.string == "2.0" else { throw .malformed }
        guard answer["id"]?.integer == id else { throw .wrongID }
        if let error = answer["error"] {
            guard let code = error["code"]?.integer else { throw .malformed }
            throw .refused(code)
        }
        guard let result = answer["result"], allowsNull || !result.isNull else { throw .malformed }
        return result
    }
}
