/// What lies between the server and its clients.
enum Transport: String, Codable, CaseIterable, Sendable {
    case plain
    case tls
    /// permessage-deflate.
    case deflate
    case tlsDeflate = "tls+deflate"

    var usesTLS: Bool { self == .tls || self == .tlsDeflate }
    var offersDeflate: Bool { self == .deflate || self == .tlsDeflate }
}
