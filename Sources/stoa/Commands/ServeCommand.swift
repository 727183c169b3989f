import ArgumentParser
import Reactor
import Telemetry

/// `stoa serve`: runs the server until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the server (the default).",
        discussion: """
            For each listener one line goes to standard output, `listening on http://127.0.0.1:8080`; the log goes to
            standard error as JSON lines. SIGTERM and SIGINT stop in order: clients are told when to reconnect; a second
            one hurries. SIGHUP reads the certificates again. Exit status 0 after a clean stop, 2 for a bad configuration or command line, 1
            otherwise.
            """)

    @OptionGroup var options: ServerOptions

    func run() async throws {
        try await reporting {
            let configuration = try options.serverConfiguration()
            Log.level = LogLevel(name: configuration.text("log.level")) ?? .info
            if !configuration.passedOver.isEmpty {
                let names = configuration.passedOver.joined(separator: ", ")
                Log.notice("passed over, since Kubernetes has set them for a service: \(names)")
            }
            for warning in ConfigurationCheck.warnings(configuration) { Log.warning(warning) }
            // First of all: threads started later inherit the blocked signals.
            let signals = try SignalSource()
            let server = try await Server(Assembly(configuration: configuration), signals: signals)
            await server.run()
        }
    }
}
