import Identity
import Storage

extension Assembly {
    /// Signing in with wallets; nil where no origin may.
    func wallets(_ database: any Database, _ signIns: SignInService) -> WalletPeople? {
        let settings = configuration.wallets
        guard settings.isOn else { return nil }
        return WalletPeople(
            signIn: WalletSignIn(settings: settings), database: database, signIns: signIns,
            limit: configuration.int("limits.sign_ins"))
    }
}
