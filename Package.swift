// swift-tools-version: 6.2
import PackageDescription

// Sources/ is ordered in layers, top to bottom as below. A module may use its own layer and the layers
// above it, never one below. Tests/ArchitectureTests holds us to that.

let package = Package(
    name: "stoa",
    products: [],
    targets: c + base + io + data + benches + tests
)

// MARK: C — the only doors to the system

var c: [Target] {
    [
        .target(name: "CLinux", path: "Sources/C/CLinux"),  // a C target: accept4 needs _GNU_SOURCE
        system("COpenSSL", package: "libssl-dev"),
        system("CSQLite", package: "libsqlite3-dev"),
    ]
}

// MARK: Base — values and tools; no I/O

var base: [Target] {
    [
        module("Base/Bytes")
    ]
}

// MARK: IO — threads, sockets, TLS, timers

var io: [Target] {
    [
        module("IO/Reactor", uses: "Bytes", "CLinux", "COpenSSL")
    ]
}

// MARK: Data — what must outlive the process

var data: [Target] {
    [
        module("Data/Storage", uses: "Bytes"),
        module("Data/SQLiteStorage", uses: "Storage", "CLinux", "CSQLite"),
    ]
}

// MARK: Benches — what the store costs

var benches: [Target] {
    [
        executable("stoa-store-bench", at: "loadtest/StoreBench", uses: "SQLiteStorage", "Storage", "Bytes")
    ]
}

// MARK: Tests

var tests: [Target] {
    [
        .target(
            name: "StoreTesting", dependencies: ["Bytes", "Storage", "SQLiteStorage"], path: "Tests/StoreTesting"),
        test("StorageTests", of: "Storage"),
        executable("stoa-store-writer", at: "Tests/StoreWriter", uses: "SQLiteStorage", "Storage", "Bytes"),
        test(
            "SQLiteStorageTests", of: "SQLiteStorage",
            uses: "Storage", "StoreTesting", "Bytes", "stoa-store-writer"),
        test("StoreContractTests", of: "Storage", uses: "StoreTesting", "Bytes"),
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

func module(_ path: String, uses names: String..., resources: [Resource] = []) -> Target {
    .target(
        name: String(path.split(separator: "/").last!), dependencies: names.map { .byName(name: $0) },
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
        swiftSettings: [
            .swiftLanguageMode(.v6), .treatAllWarnings(as: .error), .enableExperimentalFeature("Lifetimes"),
        ])
}
