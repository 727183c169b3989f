#!/usr/bin/env python3
"""Makes base58.json, ed25519.json, secp256k1.json, addresses.json and sign-ins.json anew.

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


if __name__ == "__main__":
    base58_cases()
    ed25519_cases()
    secp256k1_cases()
    address_cases()
