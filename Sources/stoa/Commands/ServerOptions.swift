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
    ///
    /// - Throws: ``ConfigurationError`` with all that is wrong with its sources. Whether a server could run with it is
    ///   ``ConfigurationCheck``'s to say.
    func configuration() throws(ConfigurationError) -> Configuration {
        let configuration = reading()
        guard configuration.faults.isEmpty else { throw ConfigurationError(configuration.faults) }
        return configuration
    }

    /// The configuration of a server.
    ///
    /// - Throws: ``ConfigurationError`` with all that would keep a server from starting with it.
    func serverConfiguration() throws(ConfigurationError) -> Configuration {
        let configuration = reading()
        try ConfigurationCheck.run(configuration)
        return configuration
    }

    private func reading() -> Configuration {
        var variables = Configuration.environment()
        let file = config ?? variables["STOA_CONFIG"]
        variables["STOA_CONFIG"] = nil
        let (flags, faults) = flags()
        var configuration = Configuration(file: file, variables: variables, flags: flags)
        for fault in faults { configuration.fault(fault) }
        return configuration
    }

    private func flags() -> (flags: [(key: String, value: String)], faults: [String]) {
        var flags: [(key: String, value: String)] = []
        var faults: [String] = []
        var index = 0
        while index < settings.count {
            let parts = settings[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            index += 1
            guard let setting = Setting.all.first(where: { $0.flag == parts[0] || "--\($0.key)" == parts[0] })
            else {
                faults.append(
                    parts[0].hasPrefix("-")
                        ? "there is no flag \(parts[0]); `stoa config docs` lists all settings"
                        : "\"\(parts[0])\" is one word too many: settings are written as --key value")
                // What follows is most likely its value, not a mistake of its own.
                while index < settings.count, !settings[index].hasPrefix("-") { index += 1 }
                continue
            }
            if parts.count == 2 {
                flags.append((setting.key, String(parts[1])))
            } else if case .flag = setting.kind,
                index >= settings.count || !["true", "false"].contains(settings[index])
            {
                flags.append((setting.key, "true"))
            } else if index < settings.count {
                flags.append((setting.key, settings[index]))
                index += 1
            } else {
                faults.append("\(parts[0]) needs a value")
            }
        }
        return (flags, faults)
    }
}

/// Runs a command's body and turns what goes wrong into words and an exit status: 2 for a bad configuration, else 1.
func reporting(_ body: () async throws -> Void) async throws {
    do {
        try await body()
    } catch let error as ConfigurationError {
        for fault in error.faults { Console.printError("stoa: \(fault)") }
        throw ExitCode(2)
    } catch let error as ExitCode {
        throw error
    } catch {
        Console.printError("stoa: \(FailureWords.words(error))")
        throw ExitCode(1)
    }
}
