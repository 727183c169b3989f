// swift-tools-version: 6.2
import PackageDescription

// Sources/ is ordered in layers, top to bottom as below. A module may use its own layer and the layers
// above it, never one below. Tests/ArchitectureTests holds us to that.

let package = Package(
    name: "stoa",
    products: [
        .executable(name: "stoa", targets: ["stoa"]), .library(name: "StoaClient", targets: ["StoaClient"]),
    ],
    dependencies: [
        // Commands, flags and their help.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // Latency histograms of the load tool.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    ],
    targets: c + base + wire + io + streams + data + features + gateway + client + programs + benches + tests,
    cLanguageStandard: .c2x
)

// MARK: C — the only doors to the system

var c: [Target] {
    [
        .target(name: "CLinux", path: "Sources/C/CLinux"),  // a C target: accept4 needs _GNU_SOURCE
        system("COpenSSL", package: "libssl-dev"),
        system("CZlib", package: "zlib1g-dev"),
        system("CSQLite", package: "libsqlite3-dev"),
        system("CPostgres", package: "libpq-dev", pkgConfig: "libpq"),
        system("CCurl", package: "libcurl4-openssl-dev"),
        system("CHiredis", package: "libhiredis-dev"),
        .target(name: "CPages", path: "Sources/C/CPages", exclude: ["files"]),  // `#embed` carries the pages
    ]
}

// MARK: Base — values and tools; no I/O but lines of the log

var base: [Target] {
    [
        module("Base/Bytes"),
        module("Base/JSON", uses: "Bytes"),
        module("Base/Decimals", uses: "Bytes", "JSON"),
        module("Base/Cryptography", uses: "Bytes", "COpenSSL"),
        module("Base/Telemetry", uses: "Bytes", "JSON"),
        module("Base/Settings"),
        module("Base/TimeZones", uses: "Bytes"),
    ]
}

// MARK: Wire — protocols as pure functions of bytes; no sockets, no clocks

var wire: [Target] {
    [
        module("Wire/HTTP", uses: "Bytes", "CZlib"),
        module("Wire/WebSocket", uses: "Bytes", "Cryptography", "HTTP", "CZlib"),
        module("Wire/ClientProtocol", uses: "Bytes", "JSON"),
    ]
}

// MARK: IO — threads, sockets, TLS, timers

var io: [Target] {
    [
        module("IO/Reactor", uses: "Bytes", "Telemetry", "CLinux", "COpenSSL"),
        module("IO/Outbound", uses: "CLinux", "Bytes", "HTTP", "WebSocket", "Reactor", "CCurl"),
    ]
}

// MARK: Streams — channels, fan-out, presence

var streams: [Target] {
    [
        module(
            "Streams/PubSub",
            uses: "Bytes", "JSON", "ClientProtocol", "WebSocket", "Reactor", "Telemetry"),
        module(
            "Streams/RedisPubSub",
            uses: "Bytes", "JSON", "ClientProtocol", "PubSub", "Reactor", "Outbound", "Telemetry", "CHiredis"),
    ]
}

// MARK: Data — what must outlive the process

var data: [Target] {
    [
        module("Data/Storage", uses: "Bytes", "Telemetry"),
        module("Data/StoreWorkers", uses: "Storage", "Telemetry", "Reactor"),
        module("Data/SQLiteStorage", uses: "Storage", "StoreWorkers", "Telemetry", "CSQLite"),
        module("Data/PostgresStorage", uses: "Bytes", "Storage", "StoreWorkers", "Telemetry", "CPostgres"),
    ]
}

// MARK: Benches — what the store costs, and what the whole costs under load

var benches: [Target] {
    [
        executable(
            "stoa-store-bench", at: "loadtest/StoreBench", uses: "SQLiteStorage", "PostgresStorage",
            "Storage",
            "Bytes", "CSQLite"),
        .target(name: "CAllocations", path: "loadtest/CAllocations"),
        executable(
            "stoa-microbench", at: "loadtest/Microbench", uses: "CAllocations", "Bytes", "Cryptography",
            "WebSocket",
            "ClientProtocol", "Reactor", "PubSub", "Identity", "Decimals", "Prices", "Achievements"),
        .executableTarget(
            name: "stoa-load",
            dependencies: names("CLinux", "Bytes", "HTTP", "WebSocket", "Reactor", "Outbound", "Identity") + [
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "loadtest/Generator", swiftSettings: rules()),
    ]
}

// MARK: Features — what the server is for

var features: [Target] {
    [
        module(
            "Features/Identity", uses: "Bytes", "JSON", "Cryptography", "Telemetry", "PubSub", "Storage"),
        module(
            "Features/Rooms", uses: "Bytes", "JSON", "ClientProtocol", "Reactor", "PubSub", "Storage",
            "Identity", "Gates", "Webhooks", "WebSocket"),
        module(
            "Features/Prices",
            uses: "Bytes", "JSON", "Decimals", "HTTP", "Telemetry", "ClientProtocol", "Reactor",
            "Outbound", "PubSub", "Storage", "Notifications"),
        module("Features/Jobs", uses: "Telemetry", "Storage"),
        module(
            "Features/Notifications",
            uses: "Bytes", "JSON", "TimeZones", "ClientProtocol", "Reactor", "PubSub", "Storage",
            "Jobs"),
        module(
            "Features/Achievements",
            uses: "Bytes", "JSON", "Decimals", "Telemetry", "ClientProtocol", "Reactor", "PubSub", "Storage",
            "Identity", "Notifications", "TimeZones"),
        module("Features/Webhooks", uses: "Bytes", "JSON", "Cryptography", "HTTP", "Telemetry"),
        module(
            "Features/Gates", uses: "Bytes", "JSON", "Cryptography", "HTTP", "Reactor", "Outbound", "Storage"),
    ]
}

// MARK: Gateway — connections meet features

var gateway: [Target] {
    [
        module(
            "Gateway", uses: "Bytes", "JSON", "Cryptography", "HTTP", "WebSocket", "ClientProtocol",
            "Reactor",
            "PubSub", "Storage", "Identity", "Webhooks", "Rooms", "Prices", "Decimals", "Notifications",
            "TimeZones", "Telemetry", "Achievements")
    ]
}

// MARK: Client — the Swift client library, a product of its own

var client: [Target] {
    [
        module("Client/StoaClient", uses: "Bytes", "JSON", "Reactor", "Outbound")
    ]
}

// MARK: Programs — the server

var programs: [Target] {
    [
        .executableTarget(
            name: "stoa",
            dependencies: names(
                "Bytes", "JSON", "HTTP", "ClientProtocol", "Cryptography", "Reactor", "PubSub", "WebSocket",
                "Storage", "RedisPubSub", "SQLiteStorage", "PostgresStorage", "Telemetry", "Settings",
                "Outbound",
                "Identity", "Gates", "Webhooks", "Rooms", "Prices", "Decimals", "Jobs", "Notifications",
                "TimeZones", "Gateway", "CPages", "Achievements")
                + [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Sources/stoa", swiftSettings: rules())
    ]
}

// MARK: Tests

var tests: [Target] {
    [
        .target(
            name: "StoaTesting",
            dependencies: names(
                "CSpawn", "COpenSSL", "Bytes", "JSON", "Cryptography", "WebSocket", "Identity")
                + [.byName(name: "stoa")],
            path: "Tests/StoaTesting", swiftSettings: testRules()),
        test("StoaClientTests", of: "StoaClient", uses: "StoaTesting", "JSON"),
        test("ReactorTests", of: "Reactor", uses: "Bytes", "TestRandom"),
        test("OutboundTests", of: "Outbound", uses: "StoaTesting", "HTTP", "Bytes", "JSON"),
        test(
            "PubSubTests", of: "PubSub",
            uses: "Bytes", "JSON", "ClientProtocol", "Reactor", "WebSocket", "TestRandom"),
        test(
            "RedisPubSubTests", of: "RedisPubSub",
            uses: "Bytes", "JSON", "ClientProtocol", "PubSub", "Reactor", "Identity", "StoaTesting",
            "TestRandom"),
        test("ClientProtocolTests", of: "ClientProtocol"),
        test("TimeZonesTests", of: "TimeZones", uses: "Bytes"),
        test("JobsTests", of: "Jobs", uses: "Storage", "StoreTesting"),
        test(
            "IdentityTests", of: "Identity", uses: "Bytes", "JSON", "Cryptography", "TestWallet", "TestRandom"
        ),
        test(
            "RoomsTests", of: "Rooms",
            uses: "Bytes", "JSON", "ClientProtocol", "Reactor", "PubSub", "Storage", "Identity",
            "Gates", "Outbound", "RedisPubSub", "StoreTesting", "StoaTesting", "TestRandom"),
        test(
            "GatesTests", of: "Gates",
            uses: "StoaTesting", "JSON", "Bytes", "Storage", "Outbound", "TestRandom"),
        test("AchievementsTests", of: "Achievements", uses: "Bytes", "JSON", "TestRandom"),
        test(
            "PricesTests", of: "Prices",
            uses: "Bytes", "JSON", "Decimals", "ClientProtocol", "Outbound", "Storage", "StoreTesting",
            "TestRandom"),
        test("WebhooksTests", of: "Webhooks", uses: "Bytes", "JSON"),
        test("GatewayTests", of: "Gateway", uses: "Bytes", "HTTP", "Reactor"),
        .testTarget(name: "ArchitectureTests", swiftSettings: testRules()),
        test(
            "EndToEndTests", of: "StoaTesting",
            uses: "JSON", "Bytes", "Cryptography", "Identity", "WebSocket", "TestRandom", "TestWallet"
        ),
        test("FaultTests", of: "StoaTesting", uses: "JSON"),
        test("ChaosTests", of: "StoaTesting", uses: "StoaClient", "JSON", "TestRandom"),
        test(
            "ConformanceTests", of: "StoaTesting",
            uses: "JSON", "Bytes", "WebSocket", "ClientProtocol", "Cryptography", "Identity"),
        test("BytesTests", of: "Bytes"),
        .target(name: "TestRandom", path: "Tests/TestRandom"),
        .target(  // a C target: it needs _GNU_SOURCE, and OpenSSL before anybody else
            name: "CSpawn", path: "Tests/CSpawn", linkerSettings: [.linkedLibrary("crypto")]),
        .target(
            name: "TestWallet", dependencies: names("Bytes", "Cryptography", "COpenSSL"),
            path: "Tests/TestWallet", swiftSettings: testRules()),
        test("JSONTests", of: "JSON", uses: "Bytes", "TestRandom"),
        test("DecimalsTests", of: "Decimals", uses: "Bytes", "JSON", "TestRandom"),
        test("TelemetryTests", of: "Telemetry", uses: "JSON"),
        test("CryptographyTests", of: "Cryptography", uses: "Bytes"),
        test("HTTPTests", of: "HTTP", uses: "Bytes"),
        test("WebSocketTests", of: "WebSocket", uses: "Bytes", "HTTP", "TestRandom"),
        .target(
            name: "FuzzTargets",
            dependencies: names(
                "Bytes", "JSON", "Decimals", "Cryptography", "Settings", "HTTP", "WebSocket",
                "ClientProtocol", "Reactor", "PubSub", "Identity", "Gates", "Prices",
                "Achievements"),
            path: "Tests/Fuzz",
            exclude: ["corpora", "libfuzzer"],
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]),
        test("FuzzTests", of: "FuzzTargets", uses: "TestRandom"),
        .target(
            name: "StoreTesting",
            dependencies: names("Bytes", "Storage", "SQLiteStorage", "PostgresStorage", "StoaTesting"),
            path: "Tests/StoreTesting", swiftSettings: testRules()),
        test("StorageTests", of: "Storage"),
        executable("stoa-store-writer", at: "Tests/StoreWriter", uses: "SQLiteStorage", "Storage", "Bytes"),
        test(
            "SQLiteStorageTests", of: "SQLiteStorage",
            uses: "Storage", "StoreTesting", "Bytes", "stoa-store-writer", "StoaTesting"),
        .testTarget(
            name: "LoadTests", dependencies: names("stoa-load", "StoaTesting", "TestRandom"),
            exclude: ["Peers"], swiftSettings: testRules()),
        test("StoreContractTests", of: "Storage", uses: "StoreTesting", "Bytes"),
        test(
            "PostgresStorageTests", of: "PostgresStorage",
            uses: "Storage", "SQLiteStorage", "StoreTesting", "StoaTesting", "Bytes", "JSON", "TestRandom"),
    ]
}

// MARK: Rules every Swift module under Sources compiles under

// A function, not a list: a stored global would still be empty where `package` reads it.
func rules() -> [SwiftSetting] {
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ]
}

func names(_ names: String...) -> [Target.Dependency] { names.map { .byName(name: $0) } }

func module(_ path: String, uses names: String..., resources: [Resource] = []) -> Target {
    .target(
        name: path.split(separator: "/").last.map(String.init) ?? path,
        dependencies: names.map { .byName(name: $0) },
        path: "Sources/" + path, resources: resources, swiftSettings: rules())
}

func executable(_ name: String, at path: String, uses names: String...) -> Target {
    .executableTarget(
        name: name, dependencies: names.map { .byName(name: $0) }, path: path, swiftSettings: rules())
}

func system(_ name: String, package: String, pkgConfig: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/C/" + name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func test(_ name: String, of subject: String, uses names: String...) -> Target {
    .testTarget(
        name: name, dependencies: [.byName(name: subject)] + names.map { .byName(name: $0) },
        swiftSettings: testRules())
}

func testRules() -> [SwiftSetting] {
    [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableExperimentalFeature("Lifetimes")]
}
