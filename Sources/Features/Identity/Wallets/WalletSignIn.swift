public import Bytes

/// Issues challenges and checks what wallets have signed: a pure matter of bytes, apart from the store.
public struct WalletSignIn: Sendable {
    /// Bounds and texts.
    public let settings: WalletSettings
    private let store: any ChallengeStore
    private let gates: [WalletChain: any SignatureGate]

    /// Over a store of challenges; nil is one in memory.
    public init(
        settings: WalletSettings, store: (any ChallengeStore)? = nil,
        gates: [any SignatureGate] = [SolanaSignatureGate(), XRPLSignatureGate()]
    ) {
        self.settings = settings
        self.store =
            store
            ?? MemoryChallengeStore(limit: settings.challenges, clientLimit: settings.challengesPerClient)
        self.gates = Dictionary(uniqueKeysWithValues: gates.map { ($0.chain, $0) })
    }

    /// A new challenge.
    ///
    /// - Parameter address: The wallet that will sign, where it is known; then no other can.
    /// - Throws: ``WalletError``.
    public func challenge(
        _ purpose: WalletPurpose, _ chain: WalletChain, address: String?, for visitor: WalletVisitor,
        now: Timestamp = .now()
    ) async throws(WalletError) -> WalletChallenge {
        if let address, gates[chain]?.isAddress(address) != true { throw .address }
        if purpose != .signIn, visitor.person == nil { throw .purpose }
        let challenge = WalletChallenge(
            purpose, chain, address: address, visitor: visitor, settings: settings, now: now)
        try await store.add(challenge, now: now)
        return challenge
    }

    /// Checks a proof, and uses its challenge up where it is good.
    ///
    /// The nonce goes last: who has not signed cannot burn another's challenge.
    ///
    /// - Throws: ``WalletError``.
    public func check(
        _ proof: WalletProof, for purpose: WalletPurpose, by visitor: WalletVisitor, now: Timestamp = .now()
    ) async throws(WalletError) {
        guard let gate = gates[proof.chain], gate.isAddress(proof.address) else { throw .address }
        let text = try gate.open(proof)
        guard let message = SignInMessage(parsing: text, for: proof.chain) else { throw .text }
        guard let nonce = message.values[.nonce], let challenge = try await store.challenge(nonce, now: now),
            challenge.chain == proof.chain
        else { throw .challenge }
        try WalletSignIn.compare(message, challenge, proof.address)
        guard challenge.purpose == purpose, challenge.visitor.person == visitor.person,
            challenge.visitor.tenant == visitor.tenant
        else { throw .purpose }
        guard challenge.visitor.origin == visitor.origin else { throw .origin }
        guard await store.take(nonce, now: now) else { throw .challenge }
    }

    private static func compare(
        _ message: SignInMessage, _ challenge: WalletChallenge, _ address: String
    ) throws(WalletError) {
        if let wanted = challenge.address, wanted != address { throw .mismatch(.address) }
        if let field = message.difference(from: challenge.message(for: address)) { throw .mismatch(field) }
    }
}
