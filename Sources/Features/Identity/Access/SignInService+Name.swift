public import Bytes
public import Storage

extension SignInService {
    /// What a person has under their new name.
    public struct Renamed: Sendable {
        /// Says the new name, and lasts as long as the one that asked for it.
        public let accessToken: String
        /// When it runs out.
        public let expiresAt: Timestamp
        /// The rooms that they are a member of.
        public let rooms: [String]
    }

    /// Why nobody gets another name.
    public enum NameRefusal: Error, Sendable {
        /// Their name comes from elsewhere: their site's tokens, or an operator.
        case elsewhere
        /// Their sign-in has ended.
        case ended
        /// The store failed.
        case store(StorageError)
    }

    /// Gives a person whom a wallet or a mail address has made another name.
    ///
    /// Tokens that were given out before say the old one until they are renewed.
    ///
    /// - Parameter name: One that ``TokenRules/isName(_:)`` takes.
    /// - Throws: ``NameRefusal``.
    public func rename(
        _ principal: Principal, to name: String, now: Timestamp = .now()
    ) async throws(NameRefusal) -> Renamed {
        guard principal.issuer == OwnTokens.issuer, WalletPeople.isOwn(principal.user),
            let id = principal.tokenID
        else { throw .elsewhere }
        let renamed: RenamedPerson
        do throws(StorageError) {
            renamed = try await repository.rename(principal.key, to: name, signIn: id)
        } catch {
            throw .store(error)
        }
        guard let signIn = renamed.signIn else { throw .ended }
        return Renamed(
            accessToken: accessToken(signIn, now, until: principal.expiresAt),
            expiresAt: principal.expiresAt, rooms: renamed.rooms)
    }
}
