import ClientProtocol
import Identity
import Storage

extension APIRequest {
    /// Whom a request of the operator is about: the id in its path, and their tenant where that is another than the
    /// server's own.
    ///
    /// - Throws: ``ClientError`` for what is nobody's id.
    var subject: PersonKey {
        get throws(ClientError) {
            let user = parameters[0]
            guard TokenRules.isUser(user) else {
                throw .invalid(
                    "user", "A person's id is 1 to 64 bytes without white space and hidden characters.")
            }
            return PersonKey(tenant: query("tenant") ?? Principal.homeTenant, user: user)
        }
    }

    /// The same, which nobody but the operator may ask.
    ///
    /// - Throws: ``ClientError``.
    var subjectOfOperator: PersonKey {
        get throws(ClientError) {
            guard try person.isOperator else {
                throw ClientError(.forbidden, "Only the operator may do this.")
            }
            return try subject
        }
    }
}
