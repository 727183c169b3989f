public import Bytes

/// The mask of client frames (RFC 6455 §5.3): byte i of the payload XOR byte i mod 4 of the key.
public enum Masking {
    /// Masks or unmasks in place.
    ///
    /// - Parameters:
    ///   - range: Which bytes.
    ///   - key: The four bytes of the key as a little-endian word.
    ///   - phase: How many bytes of the payload came before these.
    public static func apply(
        _ bytes: inout MutableSpan<UInt8>, _ range: Range<Int>, key: UInt32, phase: Int = 0
    ) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let turn = UInt32(phase & 3) * 8
        let turned = key >> turn | key << ((32 - turn) & 31)
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe apply(UnsafeMutableRawPointer(base + range.lowerBound), range.count, turned)
        }
    }

    /// Appends a masked copy of a payload.
    public static func append(_ payload: Span<UInt8>, key: UInt32, to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(payload)
        var bytes = buffer.mutableSpan
        apply(&bytes, start..<start + payload.count, key: key)
    }

    private static func apply(_ base: UnsafeMutableRawPointer, _ count: Int, _ key: UInt32) {
        let lanes = SIMD8<UInt32>(repeating: key.littleEndian)
        var offset = 0
        while count - offset >= 32 {
            let masked = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt32>.self) ^ lanes
            unsafe base.storeBytes(of: masked, toByteOffset: offset, as: SIMD8<UInt32>.self)
            offset += 32
        }
        while count - offset >= 4 {
            let masked = unsafe base.loadUnaligned(fromByteOffset: offset, as: UInt32.self) ^ key.littleEndian
            unsafe base.storeBytes(of: masked, toByteOffset: offset, as: UInt32.self)
            offset += 4
        }
        var rest = key
        while offset < count {
            let masked =
                unsafe base.load(fromByteOffset: offset, as: UInt8.self) ^ UInt8(truncatingIfNeeded: rest)
            unsafe base.storeBytes(of: masked, toByteOffset: offset, as: UInt8.self)
            rest >>= 8
            offset += 1
        }
    }
}
