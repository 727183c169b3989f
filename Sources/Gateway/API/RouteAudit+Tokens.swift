import ClientProtocol
import Identity
import Storage

extension GatewayContext {
    /// Keeps that a token was refused; those that have only run out are nothing to keep.
    func noteToken(_ code: ErrorCode, from address: String, requestID: String?) {
        guard [.tokenInvalid, .tokenRevoked, .banned].contains(code) else { return }
        let record = AuditRecord(
            actor: "", action: "sign_in.token", address: settings.auditAddresses.kept(address),
            requestID: requestID, outcome: code.rawValue)
        trail.refused(record, from: ClientNetwork.key(of: address))
    }
}
