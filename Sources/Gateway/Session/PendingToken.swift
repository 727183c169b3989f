/// A token that a session has been sent, whose keys are being asked for.
public struct PendingToken: Sendable {
    let object: ObjectIdentifier
    let session: String
    let token: String
    let requestID: String?
}
