import Bytes
import Decimals
import JSON

/// What is taken as a decimal is a JSON number of the same value, and its one text reads back the same.
public func fuzzDecimal(_ bytes: [UInt8]) {
    guard let number = try? ExactDecimal(parsing: bytes.span) else { return }
    var reader = JSONReader(bytes.span)
    let range = try? reader.readNumber()
    require(range == 0..<bytes.count, "a decimal is a JSON number")
    let text = number.text
    require((try? ExactDecimal(text)) == number, "what is written reads back the same")
    require(text.utf8.count <= ExactDecimal.textLimit, "a text is no longer than its limit")
    require(!text.contains("e") && text != "-0", "a text has no exponent and no negative zero")
    let ours = Double(text) ?? .nan
    let theirs = Double(String(decoding: bytes, as: UTF8.self)) ?? .nan
    require(ours == theirs, "the value is the same")
    guard let product = try? number.multiplied(by: number), number.units != 0 else { return }
    require(!product.isNegative, "a square is not negative")
    guard product.units != 0 else { return }
    require((try? number.divided(by: number)) == 1, "a number goes once into itself")
}
