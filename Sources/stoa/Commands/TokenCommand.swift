import ArgumentParser
import Bytes
import Identity

/// `stoa token`: signs a token.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Sign a token for a person or a program.",
        discussion: "Example:  STOA_JWT_SECRET=… stoa token --sub u_ann --name Ann --hours 8")

    @Option(help: "The person's id, at most 64 bytes without spaces.") var sub: String
    @Option(help: "The name that others see; the id where it is left out.") var name: String?
    @Option(help: "How long it is good.") var hours: Int = 24
    @Flag(help: "Marks the messages as a program's.") var bot = false
    @Option(help: "A topic or pattern that may be subscribed, as topic:*; may be repeated.") var subscribe:
        [String] = []
    @Option(help: "A topic or pattern that may be published to; may be repeated.") var publish: [String] = []
    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            guard (1...64).contains(sub.utf8.count), !sub.contains(" ") else {
                throw ConfigurationError("--sub has 1 to 64 bytes without spaces")
            }
            guard hours > 0, hours <= 87_600 else { throw ConfigurationError("--hours is 1 to 87600") }
            let configuration = try options.configuration()
            let secrets = try Assembly(configuration: configuration).secrets()
            let expiry = Timestamp(milliseconds: Timestamp.now().milliseconds + Int64(hours) * 3_600_000)
            var grant = TokenSigner.Grant(user: sub, name: name ?? sub, expiresAt: expiry)
            grant.isBot = bot
            grant.subscribe = subscribe
            grant.publish = publish
            Console.print(TokenSigner(secret: secrets[0]).sign(grant))
        }
    }
}
