import Identity
import Storage

extension Assembly {
    /// Signing in with wallets; nil where no origin may.
    func wallets(_ database: any Database, secrets: [[UInt8]]) -> WalletPeople? {
        let settings = configuration.wallets
        guard settings.isOn, let secret = secrets.first else { return nil }
        return WalletPeople(
            signIn: WalletSignIn(settings: settings), database: database,
            issuer: AccessTokenIssuer(signer: TokenSigner(secret: secret)),
            limit: configuration.int("limits.sign_ins"))
    }
}
