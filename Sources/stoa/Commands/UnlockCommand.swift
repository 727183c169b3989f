import ArgumentParser
import Bytes
import HTTP
import JSON

extension UserCommand {
    /// `stoa user unlock`.
    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a mail address sign in again for which too many codes were asked for or tried.",
            discussion: "Prints whose address it is, as JSON.")
        @Argument(help: "The mail address.") var address: String
        @Option(help: "Whose data its person belongs to.") var tenant: String = "default"
        @OptionGroup var options: ServerOptions

        func run() async throws {
            try await reporting {
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("address", address)
                writer.field("tenant", tenant)
                writer.endObject()
                let body = [UInt8](writer.span)
                let backend = RoomBackend(try options.configuration())
                Console.print(try await backend.call(.post, "/api/v1/emails/unlock", body: body))
            }
        }
    }
}
