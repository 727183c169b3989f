import ClientProtocol
import Identity
import Rooms
import Storage

extension WalletError {
    /// The refusal that a client sees.
    var clientError: ClientError {
        switch self {
        case .address: .invalid("address", "This is no address of a wallet of this ledger.")
        case .key:
            ClientError(
                .signatureInvalid, "The key is missing, or is not that of the address.", field: "public_key")
        case .signature:
            ClientError(
                .signatureInvalid, "The signature is not this wallet's over these bytes.", field: "signature")
        case .envelope:
            ClientError(
                .challengeInvalid, "The signed bytes are in none of the forms that wallets use.",
                field: "signed_message")
        case .text:
            ClientError(
                .challengeInvalid, "The signed text is no sign-in message.", field: "signed_message")
        case .mismatch(let field):
            ClientError(
                .challengeInvalid, "The signed text differs from the challenge in \(field.rawValue).",
                field: "signed_message")
        case .challenge:
            ClientError(
                .challengeInvalid, "This challenge is not known, is over, or was used. Ask for another one.",
                field: "signed_message")
        case .away:
            ClientError(
                .unavailable, "Challenges cannot be looked up at the moment. Try again.", retryAfter: 1000)
        case .purpose:
            ClientError(
                .challengeInvalid, "This challenge was made for something else, or for somebody else.",
                field: "signed_message")
        case .origin: ClientError(.forbidden, "Pages of this origin may not sign people in.")
        case .tooManyChallenges(ofClient: true, let wait):
            ClientError(
                .rateLimited, "Too many challenges of your network wait for an answer.", retryAfter: wait)
        case .tooManyChallenges(ofClient: false, let wait):
            ClientError(.unavailable, "Too many people are signing in. Try again.", retryAfter: wait)
        }
    }
}

extension WalletRefusal {
    /// The refusal that a client sees.
    var clientError: ClientError {
        switch self {
        case .proof(let error): error.clientError
        case .taken: ClientError(.walletTaken, "This wallet is another person's.")
        case .tooMany: ClientError(.conflict, "You have as many wallets as one may have.")
        case .notTheirs: ClientError(.notFound, "You have no such wallet.")
        case .last: ClientError(.conflict, "This is your only wallet: without it you could not come back.")
        case .elsewhere:
            ClientError(
                .forbidden, "This wallet's person signs in elsewhere; here it only shows what they hold.")
        case .tooOften(let excess):
            .beyond(excess, "sign-ins", "You have signed in too often. Wait a while.")
        case .noTokens(let refusal): SignInRoutes.refusal(refusal)
        case .store(let error): error.clientError
        }
    }
}
