import ArgumentParser
import Bytes
import Identity
import PubSub

/// `stoa token`: signs a token.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign a token for a person or a program.",
        discussion: """
            Example:  STOA_JWT_SECRET=… stoa token --sub u_ann --name Ann --hours 8

            Nothing is signed that a server would not take.
            """)

    @Option(help: "The person's id, 1 to 64 bytes without spaces.") var sub: String
    @Option(help: "The name that others see, 1 to 64 bytes; the id where it is left out.") var name: String?
    @Option(help: "How long it is good.") var hours: Int = 24
    @Flag(help: "Marks the messages as a program's.") var bot = false
    @Flag(help: "Lets its holder read /metrics.") var metrics = false
    @Option(help: "How many requests they may make: free, plus, pro or power.") var tier: String?
    @Option(help: "A topic or pattern that may be subscribed, as topic:*; may be repeated.") var subscribe:
        [String] = []
    @Option(help: "A topic or pattern that may be published to; may be repeated.") var publish: [String] = []
    @Option(
        help: ArgumentHelp(
            "A role in a room: owner, moderator or member; may be repeated.", valueName: "room=role"))
    var role: [String] = []
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + Int64(hours) * 3_600_000)
            var grant = TokenSigner.Grant(user: sub, name: name ?? sub, expiresAt: expiry)
            grant.isBot = bot
            grant.mayReadMetrics = metrics
            grant.tier = tier.flatMap { RequestTier(rawValue: $0) }
            grant.subscribe = subscribe
            grant.publish = publish
            for pair in role {
                let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
                grant.rooms[parts[0]] = parts[1]
            }
            let configuration = try options.configuration()
            Console.print(TokenSigner(secret: try secret(configuration)).sign(grant))
        }
    }

    /// Refuses what a server would refuse, before it is signed.
    func validate() throws {
        guard TokenRules.isUser(sub) else {
            throw ValidationError("--sub has 1 to 64 bytes without spaces and control characters.")
        }
        guard !TokenRules.isReserved(sub) else {
            throw ValidationError(
                "--sub is not one of the ids that the server gives to people it makes itself.")
        }
        guard TokenRules.isName(name ?? sub) else {
            throw ValidationError("--name has 1 to 64 bytes, something to see and nothing hidden.")
        }
        if let tier, RequestTier(rawValue: tier) == nil {
            throw ValidationError("--tier is free, plus, pro or power, not \"\(tier)\".")
        }
        guard (1...87_600).contains(hours) else { throw ValidationError("--hours is 1 to 87600.") }
        for (flag, patterns) in [("--subscribe", subscribe), ("--publish", publish)] {
            guard patterns.count <= TokenRules.patternLimit else {
                throw ValidationError("\(flag) can be given \(TokenRules.patternLimit) times.")
            }
            for pattern in patterns where !TokenRules.isGrant(pattern) {
                throw ValidationError("\(flag) is a topic or a pattern as topic:news-*, not \"\(pattern)\".")
            }
        }
        guard role.count <= TokenRules.roomLimit else {
            throw ValidationError("--role can be given \(TokenRules.roomLimit) times.")
        }
        for pair in role {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, Identifier.isUUID(parts[0]), TokenRules.roles.contains(parts[1]) else {
                throw ValidationError(
                    "--role is a room's id, = and owner, moderator or member, not \"\(pair)\".")
            }
        }
    }

    /// The secret that signs.
    private func secret(_ configuration: Configuration) throws -> [UInt8] {
        let least = TokenVerifier.secretMinimum
        guard let first = try Assembly(configuration: configuration).secrets(making: false).first else {
            guard configuration.flag("dev") else {
                throw ConfigurationError(
                    "jwt.secret is needed to sign tokens; for a server that runs with --dev, use --dev here too"
                )
            }
            let place = configuration.text("data_dir")
            throw ConfigurationError(
                "no server has run with --dev in \(place) yet: it makes the secret that signs tokens")
        }
        guard first.count >= least else {
            throw ConfigurationError(
                "jwt.secret has at least \(least) bytes (\(configuration.source("jwt.secret")))")
        }
        return first
    }
}
