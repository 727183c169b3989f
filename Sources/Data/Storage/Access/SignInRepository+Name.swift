/// A person who goes by another name.
public struct RenamedPerson: Sendable {
    /// The sign-in that asked for it, as it is now; nil where it has ended.
    public let signIn: SignInRecord?
    /// The rooms that the person is a member of.
    public let rooms: [String]
}

extension SignInRepository {
    /// Gives a person another name, wherever one is kept for what comes: their ways to sign in, their sign-ins and
    /// their memberships. What they wrote stays under the name that it was written with.
    ///
    /// - Parameter id: The sign-in that asks for it.
    public func rename(
        _ person: PersonKey, to name: String, signIn id: String
    ) async throws(StorageError) -> RenamedPerson {
        let named: [DatabaseValue] = [.text(person.tenant), .text(person.user), .text(name)]
        return try await database.write { (transaction) async throws(StorageError) in
            for table in ["wallets", "email_addresses"] {
                _ = try await transaction.query(
                    "UPDATE \(table) SET user_name = $3 WHERE tenant_id = $1 AND user_id = $2", named)
            }
            _ = try await transaction.query(
                "UPDATE sign_ins SET name = $3 WHERE tenant_id = $1 AND user_id = $2", named)
            let rows = try await transaction.query(
                """
                UPDATE members SET name = $3, name_key = $4 WHERE tenant_id = $1 AND user_id = $2
                    RETURNING room_id
                """, named + [.text(name.lowercased())])
            var rooms: [String] = []
            for row in rows {
                var columns = row.columns
                rooms.append(try columns.text())
            }
            let row = try await transaction.first(
                """
                SELECT id, tenant_id, user_id, name, grants, at FROM sign_ins
                    WHERE id = $1 AND tenant_id = $2 AND user_id = $3 AND ended_at IS NULL
                """, [.text(id), .text(person.tenant), .text(person.user)])
            guard var columns = row?.columns else { return RenamedPerson(signIn: nil, rooms: rooms) }
            return RenamedPerson(signIn: try SignInRepository.signIn(&columns), rooms: rooms)
        }
    }
}
