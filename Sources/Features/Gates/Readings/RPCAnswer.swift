public import JSON

/// Reads answers of JSON-RPC 2.0.
public enum RPCAnswer {
    /// The code of a question that is wrong whomever one asks.
    static let invalidParameters: Int64 = -32602

    /// The code of a method that the node does not have.
    static let unknownMethod: Int64 = -32601

    /// The result in an answer's body.
    ///
    /// - Throws: ``UnknownReason``, also for a result that is `null`.
    public static func result(of body: [UInt8], id: Int64) throws(UnknownReason) -> JSONValue {
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
        guard let result = answer["result"], !result.isNull else { throw .malformed }
        return result
    }
}
