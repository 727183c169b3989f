/// Which of a cluster's 16,384 slots a key or a channel has (Redis Cluster specification, "key distribution model").
enum HashSlot {
    static let count = 16_384

    /// The slot of a name: by the text between its first brace and the next closing one, where there is any.
    static func of(_ name: String) -> Int {
        var bytes = Array(name.utf8)[...]
        if let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        {
            bytes = bytes[(open + 1)..<close]
        }
        var register: UInt16 = 0
        for byte in bytes { register = register << 8 ^ table[Int(UInt8(register >> 8) ^ byte)] }
        return Int(register) % count
    }

    /// CRC-16/XMODEM: polynomial 0x1021, nothing reflected, begins with 0.
    private static let table: [UInt16] = (0..<256).map { index in
        var register = UInt16(index) << 8
        for _ in 0..<8 { register = register & 0x8000 == 0 ? register << 1 : register << 1 ^ 0x1021 }
        return register
    }
}
