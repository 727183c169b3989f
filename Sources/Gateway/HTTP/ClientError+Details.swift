import ClientProtocol
import JSON

extension ClientError {
    /// The same with members that a program may want to know beside the code.
    func detailed(_ members: [JSONMember]) -> ClientError {
        var writer = JSONWriter()
        JSONValue.object(members).write(to: &writer)
        var error = self
        error.details = writer.text()
        return error
    }
}
