#!/usr/bin/env python3
"""Makes base58.json, ed25519.json, secp256k1.json, addresses.json, messages.json and sign-ins.json anew.

The other implementations are PyPI's `solders`, `PyNaCl`, `xrpl-py` and `cryptography`. Keys come from fixed seeds, so that
the same files come out each time.
"""
import base64, hashlib, json, pathlib
import base58 as base58_library
import nacl.bindings
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.signing import SigningKey
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from xrpl.core.addresscodec import encode_classic_address
from xrpl.core.keypairs import derive_classic_address, sign as xrpl_sign

here = pathlib.Path(__file__).parent
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
XRPL_DIGITS = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"


def seed(label):
    return hashlib.sha256(b"stoa wallet vectors: " + label.encode()).digest()


def save(name, cases):
    names = [case["name"] for case in cases]
    assert len(names) == len(set(names)), name
    text = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in cases)
    (here / name).write_text("[\n" + text + "\n]\n", encoding="utf-8")


# Base 58

def base58_cases():
    cases = []
    for label, data in [
        ("nothing", b""), ("a zero", b"\0"), ("zeros", b"\0" * 32), ("ones", b"\xff" * 32), ("zeros in front", b"\0\0\1\2"),
        ("a key", seed("base58")), ("the longest", seed("long") * 2),
    ]:
        for alphabet, digits in [("bitcoin", base58_library.BITCOIN_ALPHABET), ("xrpl", XRPL_DIGITS)]:
            text = base58_library.b58encode(data, alphabet=digits).decode()
            cases.append({"name": f"{label}, {alphabet}", "alphabet": alphabet, "text": text, "bytes": data.hex()})
    for label, text in [
        ("a digit that is none (0)", "1110"), ("O", "O"), ("I", "I"), ("l", "l"), ("a space", " 1"), ("a line feed", "1\n"),
        ("beyond ASCII", "é"), ("a NUL", "\0"), ("too long", "1" * 129),
    ]:
        cases.append({"name": label, "alphabet": "bitcoin", "text": text, "bytes": None})
    payload = b"\0" + seed("payload")[:20]
    checked = encode_classic_address(payload[1:])
    cases.append({"name": "with a checksum", "alphabet": "xrpl", "checked": True, "text": checked, "bytes": payload.hex()})
    for label, text in [
        ("a wrong checksum", checked[:-1] + ("p" if checked[-1] != "p" else "h")), ("a checksum of other digits", "1" + checked[1:]),
        ("two digits exchanged", checked[:8] + checked[9] + checked[8] + checked[10:]), ("no checksum", "rrr"),
    ]:
        cases.append({"name": label, "alphabet": "xrpl", "checked": True, "text": text, "bytes": None})
    save("base58.json", cases)


# Ed25519

def little(number, size=32):
    return number.to_bytes(size, "little")


def small_order_keys():
    """All texts of the eight points of small order, canonical or not."""
    y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
    names = {0: "order 4", 1: "order 1", P - 1: "order 2", y8: "order 8", P - y8: "order 8, the other", P: "order 4 as p",
             P + 1: "order 1 as p + 1"}
    for y, name in names.items():
        for sign in (0, 1):
            yield f"{name}, sign {sign}", little(y | sign << 255)


def hash_number(r, key, message):
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little")


def openssl_takes(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def forge(key, message):
    """A signature for a key of small order, which nobody owns: s B = R wherever 8 divides the hash."""
    for s in range(1, 4096):
        r = nacl.bindings.crypto_scalarmult_ed25519_base_noclamp(little(s))
        if hash_number(r, key, message) % L % 8 == 0:
            return r + little(s)
    raise AssertionError("no forgery")


def ed25519_cases():
    cases = []

    def add(name, key, message, signature, good=False):
        case = {"name": name, "key": key.hex(), "message": message.hex(), "signature": signature.hex(), "good": good}
        if not good and openssl_takes(key, message, signature):
            case["openssl"] = True
        cases.append(case)

    signer = SigningKey(seed("ed25519"))
    key = bytes(signer.verify_key)
    for message in (b"", b"Hello", bytes(range(256)) * 8):
        signature = signer.sign(message).signature
        assert bytes(Keypair.from_seed(seed("ed25519")).sign_message(message)) == signature
        add(f"{len(message)} bytes", key, message, signature, True)
    message = b"Hello"
    signature = signer.sign(message).signature
    add("another message", key, b"hello", signature)
    add("another key", bytes(SigningKey(seed("other")).verify_key), message, signature)
    for index in (0, 31, 32, 63):
        spoilt = bytearray(signature)
        spoilt[index] ^= 1
        add(f"bit turned in byte {index}", key, message, bytes(spoilt))
    add("too short", key, message, signature[:-1])
    add("too long", key, message, signature + b"\0")
    add("empty", key, message, b"")
    add("a key too short", key[:-1], message, signature)
    s = int.from_bytes(signature[32:], "little")
    for times in (1, 2, 7):
        add(f"S + {times} L", key, message, signature[:32] + little(s + times * L))
    add("S = L", key, message, signature[:32] + little(L))
    add("all ones", key, message, b"\xff" * 64)
    add("all zeros", key, message, bytes(64))
    # The signer's own signature with r = 0: R is the neutral point, in its two texts.
    scalar = bytearray(hashlib.sha512(seed("ed25519")).digest()[:32])
    scalar[0] &= 248
    scalar[31] = scalar[31] & 127 | 64
    for name, r in (("R of order 1", little(1)), ("R of order 1, as p + 1", little(P + 1)), ("R of order 1, sign 1", little(1 | 1 << 255))):
        own = hash_number(r, key, message) * int.from_bytes(scalar, "little") % L
        add(name, key, message, r + little(own))
    for name, weak in small_order_keys():
        add(f"forged for a key of {name}", weak, message, forge(weak, message))
        add(f"zeros for a key of {name}", weak, message, little(1) + little(0))
    system = bytes(Pubkey.from_string("11111111111111111111111111111111"))
    assert system == bytes(32)
    for number in range(4):
        text = f"sign-in {number}".encode()
        add(f"forged for the System Program, {number}", system, text, forge(system, text))
    for y in (P + 2, P + 5, P + 18):
        add(f"a key of p + {y - P}", little(y), message, signature)
    add("a key that is not on the curve", little(2), message, signature)
    save("ed25519.json", cases)
    assert sum(case.get("openssl", False) for case in cases) >= 16, "OpenSSL takes forgeries: that is why we look"


# secp256k1

def der(r, s, pad=False):
    def integer(value):
        data = value.to_bytes((value.bit_length() + 8) // 8 or 1, "big")
        if pad:
            data = b"\0" + data
        return b"\x02" + bytes([len(data)]) + data
    body = integer(r) + integer(s)
    return b"\x30" + bytes([len(body)]) + body


def secp256k1_key(label):
    return ec.derive_private_key(int.from_bytes(seed(label), "big") % SECP256K1_ORDER, ec.SECP256K1())


def compressed(private):
    point = private.public_key().public_numbers()
    return bytes([2 + point.y % 2]) + point.x.to_bytes(32, "big")


def half(message):
    return hashlib.sha512(message).digest()[:32]


def xrpl_private(private):
    return "00" + private.private_numbers().private_value.to_bytes(32, "big").hex().upper()


def secp256k1_cases():
    cases = []

    def add(name, key, message, signature, good=False):
        cases.append({"name": name, "key": key.hex(), "message": message.hex(), "signature": signature.hex(), "good": good})

    private = secp256k1_key("secp256k1")
    key = compressed(private)
    for message in (b"Hello", b"x" * 1000, b"\0"):
        signature = bytes.fromhex(xrpl_sign(message, xrpl_private(private)))
        private.public_key().verify(signature, half(message), ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        add(f"{len(message)} bytes, {message[:1]!r}", key, message, signature, True)
    message = b"Hello"
    signature = bytes.fromhex(xrpl_sign(message, xrpl_private(private)))
    r, s = utils.decode_dss_signature(signature)
    assert s <= SECP256K1_ORDER // 2
    add("another message", key, b"hello", signature)
    add("another key", compressed(secp256k1_key("other")), message, signature)
    add("the other key of this x", bytes([5 - key[0]]) + key[1:], message, signature)
    add("the higher s", key, message, der(r, SECP256K1_ORDER - s))
    add("numbers longer than they need be", key, message, der(r, s, pad=True))
    add("a byte behind", key, message, signature + b"\0")
    add("a byte behind, within the sequence", key, message, b"\x30" + bytes([signature[1] + 1]) + signature[2:] + b"\0")
    add("a long form of the length", key, message, b"\x30\x81" + signature[1:])
    add("cut off", key, message, signature[:-1])
    add("r is 0", key, message, der(0, s))
    add("s is 0", key, message, der(r, 0))
    add("r + order", key, message, der(r + SECP256K1_ORDER, s))
    add("r and s as 64 bytes", key, message, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    add("a negative r", key, message, b"\x30\x06\x02\x01\xff\x02\x01\x01")
    add("empty", key, message, b"")
    add("a key that is not on the curve", b"\x02" + (5).to_bytes(32, "big"), message, signature)
    add("a key of x = p", b"\x02" + (2**256 - 2**32 - 977).to_bytes(32, "big"), message, signature)
    point = private.public_key().public_numbers()
    add("an uncompressed key", b"\x04" + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"), message, signature)
    add("a hybrid key", bytes([6 + point.y % 2]) + point.x.to_bytes(32, "big"), message, signature)
    add("a key of infinity", bytes(33), message, signature)
    save("secp256k1.json", cases)


# Addresses of the XRP Ledger

def address_cases():
    cases = []
    for number in range(6):
        private = secp256k1_key(f"address {number}")
        key = compressed(private)
        cases.append({"name": f"secp256k1, {number}", "key": key.hex(), "address": derive_classic_address(key.hex().upper())})
        key = b"\xed" + bytes(SigningKey(seed(f"address {number}")).verify_key)
        cases.append({"name": f"Ed25519, {number}", "key": key.hex(), "address": derive_classic_address(key.hex().upper())})
    save("addresses.json", cases)


# Texts

LINES = [("uri", "URI"), ("version", "Version"), ("chain_id", "Chain ID"), ("nonce", "Nonce"), ("issued_at", "Issued At"),
         ("expiration_time", "Expiration Time"), ("not_before", "Not Before"), ("request_id", "Request ID")]
NAMES = {"solana": "Solana", "xrpl": "XRPL"}
SOLANA = Keypair.from_seed(seed("wallet"))
ADDRESS = str(SOLANA.pubkey())
XRPL_ADDRESS = encode_classic_address(seed("xrpl")[:20])


def message_text(chain, fields):
    """The text of a message, as phantom/sign-in-with-solana's template has it."""
    text = f"{fields['domain']} wants you to sign in with your {NAMES[chain]} account:\n{fields['address']}"
    if "statement" in fields:
        text += f"\n\n{fields['statement']}"
    rest = [f"{tag}: {fields[name]}" for name, tag in LINES if name in fields]
    if "resources" in fields:
        rest += ["Resources:"] + ["- " + uri for uri in fields["resources"]]
    return text + ("\n\n" + "\n".join(rest) if rest else "")


FULL = {
    "domain": "app.example", "address": ADDRESS, "statement": "Sign in. This moves no funds and costs nothing.",
    "uri": "https://app.example", "version": "1", "chain_id": "mainnet", "nonce": "0123456789abcdef0123456789abcdef01234567",
    "issued_at": "2027-01-15T08:00:00.000Z", "expiration_time": "2027-01-15T08:05:00.000Z", "request_id": "c_0123456789",
    "resources": ["https://app.example/terms", "urn:isbn:0451450523"],
}
XRPL_FULL = {**FULL, "address": XRPL_ADDRESS, "chain_id": "xrpl:0"}


def message_cases():
    cases = []

    def good(name, fields, chain="solana"):
        cases.append({"name": name, "chain": chain, "text": message_text(chain, fields), "fields": fields})

    def bad(name, text, chain="solana"):
        cases.append({"name": name, "chain": chain, "text": text, "fields": None})

    def without(*names):
        return {name: value for name, value in FULL.items() if name not in names}

    good("all fields but one", FULL)
    good("all fields", {**FULL, "not_before": "2027-01-15T08:00:00Z"})
    good("the least", {"domain": "app.example", "address": ADDRESS})
    good("a statement alone", {"domain": "app.example", "address": ADDRESS, "statement": "Hello, (you)!"})
    good("no statement", without("statement"))
    good("resources alone", {"domain": "app.example", "address": ADDRESS, "resources": ["https://app.example"]})
    good("no resources in their list", {**FULL, "resources": []})
    good("a request's id of nothing", {**FULL, "request_id": ""})
    good("all that a statement may have", {**FULL, "statement": "aZ09-._~:/?#[]@!$&'()*+,;= "})
    good("a request's id with all that it may have", {**FULL, "request_id": "aZ09-._~!$&'()*+,;=:@%2F%aB"})
    good("the XRP Ledger", XRPL_FULL, "xrpl")
    for domain in ("localhost:8080", "127.0.0.1", "[::1]:8443", "user:secret@app.example", "xn--bcher-kva.example", "a"):
        good(f"the domain {domain}", {**FULL, "domain": domain})
    for uri in ("https://app.example/", "https://app.example:8443/a/b?c=d/?&e#f", "urn:x", "http://[::1]/", "x-y+z.1:/a", "file:///a"):
        if uri == "file:///a":
            bad(f"the URI {uri}", message_text("solana", {**FULL, "uri": uri}))
        else:
            good(f"the URI {uri}", {**FULL, "uri": uri})
    for network in ("mainnet", "testnet", "devnet", "localnet", "solana:mainnet", "solana:testnet", "solana:devnet"):
        good(f"the network {network}", {**FULL, "chain_id": network})
    for time in ("2027-01-15T08:00:00Z", "2028-02-29T23:59:60Z", "2027-01-15T08:00:00.1+14:00", "2000-02-29T00:00:00-00:00"):
        good(f"the time {time}", {**FULL, "issued_at": time})

    whole = message_text("solana", FULL)
    bad("nothing", "")
    bad("one line", "app.example wants you to sign in with your Solana account:")
    bad("no address", "app.example wants you to sign in with your Solana account:\n")
    bad("an empty domain", message_text("solana", {**FULL, "domain": ""}))
    bad("another ledger's words", message_text("xrpl", XRPL_FULL))
    bad("another ledger's words, the other way round", whole, "xrpl")
    bad("Ethereum's words", whole.replace("Solana", "Ethereum"))
    bad("a space more", whole.replace("sign in with", "sign  in with"))
    bad("lower case", whole.replace("Solana", "solana"))
    bad("a line feed at the end", whole + "\n")
    bad("a line feed in front", "\n" + whole)
    bad("ends of lines with carriage returns", whole.replace("\n", "\r\n"))
    bad("a byte order mark", "\ufeff" + whole)
    bad("a NUL at the end", whole + "\0")
    bad("a tab", whole.replace("Sign in.", "Sign\tin."))
    bad("a letter that looks like another", whole.replace("app.example", "аpp.example"))
    bad("a zero-width space", whole.replace("app.example", "app\u200b.example"))
    bad("quotes in the statement", whole.replace("Sign in.", '"Sign in."'))
    bad("a percent sign in the statement", whole.replace("Sign in.", "Sign in 100%."))
    bad("two lines of statement", whole.replace("Sign in. ", "Sign in.\n"))
    bad("an empty statement", whole.replace(FULL["statement"], ""))
    bad("one empty line too many", whole.replace("\n\nURI", "\n\n\nURI"))
    bad("one empty line too few", whole.replace("\n\nURI", "\nURI"))
    bad("no empty line behind the address", whole.replace(ADDRESS + "\n\n", ADDRESS + "\n"))
    bad("an empty line between fields", whole.replace("\nNonce", "\n\nNonce"))
    bad("fields in another order", whole.replace("Version: 1\nChain ID: mainnet", "Chain ID: mainnet\nVersion: 1"))
    bad("a field twice", whole.replace("Version: 1", "Version: 1\nVersion: 1"))
    bad("a field that is none", whole.replace("Version: 1", "Version: 1\nColour: red"))
    bad("a name in lower case", whole.replace("Nonce:", "nonce:"))
    bad("no space behind a colon", whole.replace("Nonce: ", "Nonce:"))
    bad("two spaces behind a colon", whole.replace("Nonce: ", "Nonce:  "))
    bad("a space at the end of a line", whole.replace("Version: 1", "Version: 1 "))
    bad("version 2", whole.replace("Version: 1", "Version: 2"))
    bad("version 01", whole.replace("Version: 1", "Version: 01"))
    bad("a nonce of 7", message_text("solana", {**FULL, "nonce": "1234567"}))
    bad("a nonce with a hyphen", message_text("solana", {**FULL, "nonce": "12345678-9"}))
    bad("a resource without its mark", whole.replace("- urn", "urn"))
    bad("a resource that is no URI", whole.replace("urn:isbn:0451450523", "nothing"))
    bad("resources with a space", whole.replace("Resources:", "Resources: "))
    bad("something behind the resources", whole + "\nVersion: 1")
    bad("too many resources", message_text("solana", {**FULL, "resources": ["urn:x"] * 33}))
    bad("a line behind the least", message_text("solana", {"domain": "app.example", "address": ADDRESS}) + "\nURI: https://app.example")
    for network in ("", "mainnet-beta", "Mainnet", "solana:localnet", "solana:", "1"):
        bad(f"the network {network!r}", message_text("solana", {**FULL, "chain_id": network}))
    for network in ("xrpl:", "xrpl:x", "xrpl", "mainnet", "xrpl:12345678901"):
        bad(f"the XRP Ledger's network {network!r}", message_text("xrpl", {**XRPL_FULL, "chain_id": network}), "xrpl")
    for address in (ADDRESS[:20], ADDRESS + ADDRESS, "0" + ADDRESS[1:], ADDRESS[:-1] + "l", ADDRESS + " "):
        bad(f"the address {address}", message_text("solana", {**FULL, "address": address}))
    for domain in ("app.example/", "app.example:x", "https://app.example", "app example", "[::1", "app.example:", ":80", "a@b@c", "%zz"):
        if domain == "app.example:":
            good("the domain app.example:", {**FULL, "domain": domain})
        else:
            bad(f"the domain {domain}", message_text("solana", {**FULL, "domain": domain}))
    for uri in ("", "app.example", "://app.example", "1https://app.example", "https://", "https://app.example/ a", "https://app.example/#a#b",
                "https://app.example/%2", "https://app.example/\\"):
        bad(f"the URI {uri!r}", message_text("solana", {**FULL, "uri": uri}))
    for time in ("", "2027-01-15", "2027-01-15 08:00:00Z", "2027-01-15T08:00:00", "2027-13-01T00:00:00Z", "2027-02-29T00:00:00Z",
                 "2027-00-10T00:00:00Z", "2027-01-00T00:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z",
                 "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00+1400", "2027-01-15T08:00:00+24:00", "2027-01-15t08:00:00z", "1800000000000",
                 "+027-01-15T08:00:00Z", "2100-02-29T00:00:00Z"):
        bad(f"the time {time!r}", message_text("solana", {**FULL, "issued_at": time}))
    save("messages.json", cases)


# What wallets sign

DOMAIN = b"\xffsolana offchain"
KEY = bytes(SOLANA.pubkey())


def short_v0(text, format=None, length=None):
    """As Solana's command line tool makes it: what is not printable ASCII, line feeds too, is format 1."""
    if format is None:
        plain = all(0x20 <= byte <= 0x7E for byte in text)
        format = 2 if len(text) > 1212 else 0 if plain else 1
    return DOMAIN + b"\0" + bytes([format]) + (len(text) if length is None else length).to_bytes(2, "little") + text


def long_v0(text, signers=(KEY,), application=bytes(32), format=None, length=None, count=None):
    if format is None:
        format = 0 if all(0x20 <= byte <= 0x7E or byte == 10 for byte in text) else 1
    return (DOMAIN + b"\0" + application + bytes([format, len(signers) if count is None else count]) + b"".join(signers)
            + (len(text) if length is None else length).to_bytes(2, "little") + text)


def v1(text, signers=(KEY,), count=None):
    return DOMAIN + b"\1" + bytes([len(signers) if count is None else count]) + b"".join(signers) + text


def sign_in_cases():
    cases = []

    def add(name, chain, address, message, signature, key=None, error=None, text=None):
        case = {"name": name, "chain": chain, "address": address, "signed_message": message.hex(), "signature": signature.hex()}
        if key is not None:
            case["public_key"] = key.hex()
        case |= {"error": error} if error else {"text": (message if text is None else text).decode()}
        cases.append(case)

    def solana(name, message, error=None, text=None, **other):
        signature = bytes(SOLANA.sign_message(message))
        assert bytes(SigningKey(seed("wallet")).sign(message).signature) == signature
        add(name, "solana", other.get("address", ADDRESS), message, other.get("signature", signature), other.get("key"), error, text)

    text = message_text("solana", FULL).encode()
    other = bytes(Keypair.from_seed(seed("other")).pubkey())
    solana("raw text", text)
    solana("raw text, the key given too", text, key=KEY)
    solana("off-chain message v1", v1(text), text=text)
    solana("off-chain message v0", long_v0(text), text=text)
    solana("off-chain message v0 for an application", long_v0(text, application=seed("application")), text=text)
    solana("off-chain message v0, as UTF-8", long_v0(text, format=1), text=text)
    solana("off-chain message v0, as long UTF-8", long_v0(text, format=2), text=text)
    solana("short v0", short_v0(text), text=text)
    solana("short v0, as plain text", short_v0(text, format=0), text=text)
    solana("short v0, as long UTF-8", short_v0(text, format=2), text=text)
    solana("short v0 of one line", short_v0(b"Hello"), text=b"Hello")
    long = b"x" * 1500
    solana("short v0, longer than hardware takes", short_v0(long), text=long)
    solana("v0 of format 0 beyond its bound", long_v0(long, format=0), "envelope")
    solana("v0 of format 1 beyond its bound", long_v0(long, format=1), "envelope")
    solana("short v0 of format 1 beyond its bound", short_v0(long, format=1), "envelope")
    solana("v0 for two signers", long_v0(text, signers=(KEY, other)), "envelope")
    solana("v0 for another signer", long_v0(text, signers=(other,)), "envelope")
    solana("v0 for no signer", long_v0(text, signers=()), "envelope")
    solana("v0 that miscounts its signers", long_v0(text, count=2), "envelope")
    solana("v1 for two signers", v1(text, signers=(KEY, other)), "envelope")
    solana("v1 for another signer", v1(text, signers=(other,)), "envelope")
    solana("v1 for no signer", v1(text, signers=()), "envelope")
    solana("v1 of no text", v1(b""), "envelope")
    solana("v1 that is not UTF-8", v1(b"\xff\xfe"), "envelope")
    solana("v0 of no text", long_v0(b""), "envelope")
    solana("short v0 of no text", short_v0(b""), "envelope")
    solana("v0 with a length too short", long_v0(text, length=len(text) - 1), "envelope")
    solana("v0 with a length too long", long_v0(text, length=len(text) + 1), "envelope")
    solana("short v0 with a length too short", short_v0(text, length=len(text) - 1), "envelope")
    solana("short v0 with a length too long", short_v0(text, length=len(text) + 1), "envelope")
    solana("v0 of format 3", long_v0(text, format=3), "envelope")
    solana("short v0 of format 3", short_v0(text, format=3), "envelope")
    solana("format 0 beyond ASCII", short_v0("é".encode(), format=0), "envelope")
    solana("format 0 with a control character", short_v0(b"a\tb", format=0), "envelope")
    solana("format 1 that is not UTF-8", short_v0(b"\xc3\x28", format=1), "envelope")
    solana("version 2", DOMAIN + b"\2" + text, "envelope")
    solana("version 128", DOMAIN + b"\x80" + text, "envelope")
    solana("a domain alone", DOMAIN, "envelope")
    solana("a domain and a version alone", DOMAIN + b"\0", "envelope")
    solana("another message", text + b".", "signature", signature=bytes(SOLANA.sign_message(text)))
    solana("signed by another", text, "signature", signature=bytes(Keypair.from_seed(seed("other")).sign_message(text)))
    solana("another's address", text, "signature", address=str(Pubkey(other)))
    solana("the bare text's signature for a header", v1(text), "signature", signature=bytes(SOLANA.sign_message(text)))
    solana("longer than anybody's", b"x" * 5000, "signature")
    solana("no signature", text, "signature", signature=b"")
    solana("another key beside the address", text, "key", key=other)
    solana("the System Program", text, "address", address="1" * 32, signature=forge(bytes(32), text))
    solana("an address too short", text, "address", address=ADDRESS[:31])
    solana("an address of 31 bytes", text, "address", address=base58_library.b58encode(b"\xff" * 31).decode())
    solana("an address of 33 bytes", text, "address", address="1" + ADDRESS)
    solana("an address with a space", text, "address", address=" " + ADDRESS)
    for name, weak in small_order_keys():
        solana(f"forged for the address of {name}", text, "address", address=str(Pubkey(weak)), signature=forge(weak, text))

    for kind in ("Ed25519", "secp256k1"):
        if kind == "Ed25519":
            key = b"\xed" + bytes(SigningKey(seed("xrpl wallet")).verify_key)
            private = "ED" + seed("xrpl wallet").hex().upper()
        else:
            key = compressed(secp256k1_key("xrpl wallet"))
            private = xrpl_private(secp256k1_key("xrpl wallet"))
        address = derive_classic_address(key.hex().upper())
        text = message_text("xrpl", {**XRPL_FULL, "address": address}).encode()
        signature = bytes.fromhex(xrpl_sign(text, private))
        add(f"XRPL, {kind}", "xrpl", address, text, signature, key)
        add(f"XRPL, {kind}: another message", "xrpl", address, text + b".", signature, key, "signature")
        add(f"XRPL, {kind}: no key", "xrpl", address, text, signature, None, "key")
        add(f"XRPL, {kind}: another's key", "xrpl", address, text, signature, b"\xed" + other, "key")
        add(f"XRPL, {kind}: another's address", "xrpl", XRPL_ADDRESS, text, signature, key, "key")
        add(f"XRPL, {kind}: an address with a slip", "xrpl", address[:-1] + ("p" if address[-1] != "p" else "h"), text, signature, key, "address")
        add(f"XRPL, {kind}: a key without its type", "xrpl", address, text, signature, key[1:], "key")
        add(f"XRPL, {kind}: a signature cut off", "xrpl", address, text, signature[:-1], key, "signature")
        if kind == "secp256k1":
            r, s = utils.decode_dss_signature(signature)
            add("XRPL: the higher s", "xrpl", address, text, der(r, SECP256K1_ORDER - s), key, "signature")
            plain = secp256k1_key("xrpl wallet").sign(text, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
            add("XRPL: over SHA-256", "xrpl", address, text, plain, key, "signature")
    weak = b"\xed" + little(1)
    text = b"Hello"
    add("XRPL: forged for a key of order 1", "xrpl", derive_classic_address(weak.hex().upper()), text, forge(weak[1:], text), weak, "signature")
    add("XRPL: an X-address", "xrpl", "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ", text, bytes(64), weak, "address")
    add("XRPL: a Solana address", "xrpl", ADDRESS, text, bytes(64), weak, "address")
    save("sign-ins.json", cases)


if __name__ == "__main__":
    base58_cases()
    ed25519_cases()
    secp256k1_cases()
    address_cases()
    message_cases()
    sign_in_cases()
