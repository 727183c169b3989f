import ArgumentParser

/// Where a command takes its settings from: a file, the environment, and a flag for every setting.
struct ServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Settings, each as a flag: --host 0.0.0.0 --port 8080 --data-dir DIR --dev --echo --loops 4 "
                + "--limits.connections 1000 … (see `stoa config docs`)",
            valueName: "--setting value"))
    var settings: [String] = []

    /// The effective configuration.
    func configuration() throws(ConfigurationError) -> Configuration {
        var variables = Configuration.environment()
        let file = config ?? variables["STOA_CONFIG"]
        variables["STOA_CONFIG"] = nil
        return try Configuration(file: file, variables: variables, flags: try flags())
    }

    private func flags() throws(ConfigurationError) -> [(key: String, value: String)] {
        var flags: [(key: String, value: String)] = []
        var index = 0
        while index < settings.count {
            let parts = settings[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let setting = Setting.all.first(where: { $0.flag == parts[0] || "--\($0.key)" == parts[0] })
            else {
                throw ConfigurationError(
                    "there is no flag \(parts[0]); `stoa config docs` lists all settings")
            }
            index += 1
            if parts.count == 2 {
                flags.append((setting.key, String(parts[1])))
            } else if case .flag = setting.kind,
                index >= settings.count || !["true", "false"].contains(settings[index])
            {
                flags.append((setting.key, "true"))
            } else {
                guard index < settings.count else { throw ConfigurationError("\(parts[0]) needs a value") }
                flags.append((setting.key, settings[index]))
                index += 1
            }
        }
        return flags
    }
}

/// Runs a command's body and turns what goes wrong into words and an exit status: 2 for a bad configuration, else 1.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as ConfigurationError {
        Console.printError("stoa: \(error)")
        throw ExitCode(2)
    } catch let error as ExitCode {
        throw error
    } catch {
        Console.printError("stoa: \(FailureWords.words(error))")
        throw ExitCode(1)
    }
}
