import Bytes
import Cryptography
import Identity
import JSON
import Testing

@Suite("Vectors: wallets")
struct WalletVectorTests {
    private func hex(_ vector: Vector, _ name: String) throws -> [UInt8] {
        let text = try #require(vector.json[name]?.string)
        let bytes = Hex.decode(text.utf8Span.span)
        return try #require(bytes)
    }

    @Test(
        "base 58 has one text for each list of bytes",
        arguments: try ProtocolFolder.vectors("wallet", "base58"))
    func base58(_ vector: Vector) throws {
        let alphabet = vector.json["alphabet"]?.string == "xrpl" ? Base58.xrpl : Base58.bitcoin
        let text = try #require(vector.json["text"]?.string)
        let isChecked = vector.json["checked"]?.bool == true
        let decoded =
            isChecked ? alphabet.decodeChecked(text.utf8Span.span) : alphabet.decode(text.utf8Span.span)
        guard vector.json["bytes"]?.isNull == false else {
            #expect(decoded == nil)
            return
        }
        let bytes = try hex(vector, "bytes")
        #expect(decoded == bytes)
        let encoded = isChecked ? alphabet.encodeChecked(bytes) : alphabet.encode(bytes.span)
        #expect(encoded == text)
    }

    @Test(
        "Ed25519: no key of small order, nothing written in a second way",
        arguments: try ProtocolFolder.vectors("wallet", "ed25519"))
    func ed25519(_ vector: Vector) throws {
        let (key, message) = (try hex(vector, "key"), try hex(vector, "message"))
        let signature = try hex(vector, "signature")
        let verdict = Ed25519.verify(signature.span, of: message.span, key: key.span)
        #expect(verdict == vector.json["good"]?.bool)
    }

    @Test(
        "secp256k1: the lower s, in its one form",
        arguments: try ProtocolFolder.vectors("wallet", "secp256k1"))
    func secp256k1(_ vector: Vector) throws {
        let (key, message) = (try hex(vector, "key"), try hex(vector, "message"))
        let signature = try hex(vector, "signature")
        let digest = Digest.sha512Half(message.span)
        let verdict = Secp256k1.verify(signature.span, of: digest.span, key: key.span)
        #expect(verdict == vector.json["good"]?.bool)
    }

    @Test(
        "an address of the XRP Ledger comes from its key",
        arguments: try ProtocolFolder.vectors("wallet", "addresses"))
    func addresses(_ vector: Vector) throws {
        let key = try hex(vector, "key")
        let address = try #require(vector.json["address"]?.string)
        #expect(XRPLSignatureGate.address(of: key) == address)
        #expect(XRPLSignatureGate().isAddress(address))
    }

    @Test(
        "a message's text is its value's one text",
        arguments: try ProtocolFolder.vectors("wallet", "messages"))
    func messages(_ vector: Vector) throws {
        let chain = try #require(vector.json["chain"]?.string.flatMap(WalletChain.init(rawValue:)))
        let text = try #require(vector.json["text"]?.string)
        let message = SignInMessage(parsing: Array(text.utf8), for: chain)
        guard let fields = vector.json["fields"]?.object else {
            #expect(message == nil)
            return
        }
        let read = try #require(message)
        #expect(read.text(for: chain) == text)
        #expect(read.domain == vector.json["fields"]?["domain"]?.string)
        #expect(read.address == vector.json["fields"]?["address"]?.string)
        for field in SignInMessage.Field.allCases where ![.domain, .address, .resources].contains(field) {
            #expect(read.values[field] == vector.json["fields"]?[field.rawValue]?.string)
        }
        #expect(read.resources == vector.json["fields"]?["resources"]?.array?.compactMap(\.string))
        #expect(fields.count == 2 + read.values.count + (read.resources == nil ? 0 : 1))
    }

    @Test(
        "what a wallet signed is unwrapped, or refused by its reason",
        arguments: try ProtocolFolder.vectors("wallet", "sign-ins"))
    func signIns(_ vector: Vector) throws {
        let chain = try #require(vector.json["chain"]?.string.flatMap(WalletChain.init(rawValue:)))
        let gate: any SignatureGate = chain == .solana ? SolanaSignatureGate() : XRPLSignatureGate()
        var proof = WalletProof(
            chain: chain, address: try #require(vector.json["address"]?.string),
            signedMessage: try hex(vector, "signed_message"), signature: try hex(vector, "signature"))
        if vector.json["public_key"] != nil { proof.publicKey = try hex(vector, "public_key") }
        let outcome: Result<[UInt8], WalletError>
        do throws(WalletError) {
            outcome = .success(try gate.open(proof))
        } catch {
            outcome = .failure(error)
        }
        let refusals: [String: WalletError] = [
            "address": .address, "key": .key, "signature": .signature, "envelope": .envelope,
        ]
        if let error = vector.json["error"]?.string {
            #expect(outcome == .failure(try #require(refusals[error])))
        } else {
            #expect(outcome == .success(Array(try #require(vector.json["text"]?.string).utf8)))
        }
    }
}
