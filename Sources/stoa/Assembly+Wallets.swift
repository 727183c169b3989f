import Identity
import PubSub
import Storage

extension Assembly {
    /// Signing in with wallets; nil where no origin may.
    ///
    /// - Parameters:
    ///   - slots: What the processes have in common; nil where this one serves alone.
    ///   - rates: What they count together; nil likewise.
    func wallets(
        _ database: any Database, _ signIns: SignInService, _ slots: (any SharedSlots)?,
        _ rates: (any SharedRates)?
    ) -> WalletPeople? {
        let settings = configuration.wallets
        guard settings.isOn else { return nil }
        let own = MemoryChallengeStore(
            limit: settings.challenges, clientLimit: settings.challengesPerClient)
        let store: any ChallengeStore = slots.map { SharedChallengeStore(own, $0) } ?? own
        return WalletPeople(
            signIn: WalletSignIn(settings: settings, store: store), database: database, signIns: signIns,
            limit: configuration.int("limits.sign_ins"), rates: rates)
    }
}
