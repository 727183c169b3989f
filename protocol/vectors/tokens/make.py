#!/usr/bin/env python3
"""Makes signed.json, hostile.json and keys/ anew, with PyPI's `cryptography` as the other implementation.

All keys are new each time; nothing but these files knows the private ones.
"""
import base64, hashlib, hmac, json, pathlib
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

here = pathlib.Path(__file__).parent
SECRET = b"0123456789abcdef0123456789abcdef"
LATER = 4102444800  # 2100: good for whoever asks the real clock
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def compact(value):
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Key:
    def __init__(self, alg, kid):
        self.alg, self.kid = alg, kid
        if alg in ("RS256", "PS256"):
            self.private = rsa.generate_private_key(65537, 2048)
        elif alg == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()

    @property
    def pem(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def der(self):
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def jwk(self):
        key = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        public = self.private.public_key()
        if self.alg in ("RS256", "PS256"):
            numbers = public.public_numbers()
            return {**key, "kty": "RSA", "n": number(numbers.n), "e": number(numbers.e)}
        if self.alg == "ES256":
            numbers = public.public_numbers()
            return {**key, "kty": "EC", "crv": "P-256", "x": number(numbers.x, 32), "y": number(numbers.y, 32)}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {**key, "kty": "OKP", "crv": "Ed25519", "x": b64(raw)}

    def sign(self, message, alg=None, digest=hashes.SHA256(), salt=32):
        alg = alg or self.alg
        if alg == "RS256":
            return self.private.sign(message, padding.PKCS1v15(), digest)
        if alg == "PS256":
            return self.private.sign(message, padding.PSS(padding.MGF1(digest), salt), digest)
        if alg == "ES256":
            r, s = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(digest)))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self.private.sign(message)


def hs256(message, secret=SECRET):
    return hmac.new(secret, message, hashlib.sha256).digest()


keys = {alg: Key(alg, "k-" + alg.lower()) for alg in ("RS256", "PS256", "ES256", "EdDSA")}
stranger = {alg: Key(alg, "k-" + alg.lower()) for alg in keys}
rotated = Key("ES256", "k-rotated")
GOOD = {"sub": "u_ann", "name": "Ann", "exp": LATER}


def token(header, claims=GOOD, sign=hs256):
    signed = (b64(compact(header)) + "." + b64(compact(claims))).encode()
    return signed.decode() + "." + b64(sign(signed))


def by(key, claims=GOOD, **header):
    return token({"alg": key.alg, "kid": key.kid, **header}, claims, key.sign)


# What is accepted.

signed, hostile = [], []
ANN = {"sub": "u_ann", "name": "Ann"}


def good(name, text, expect=ANN):
    signed.append({"name": name, "token": text, "expect": expect})


def bad(name, text, error="token_invalid"):
    hostile.append({"name": name, "token": text, "expect": {"error": error}})


for alg, key in keys.items():
    good(f"{alg} with kid", by(key))
    good(f"{alg} without kid", token({"alg": alg}, GOOD, key.sign))
    good(f"{alg} with the type of an access token", by(key, typ="at+jwt"))
    good(f"{alg}: keys that the header brings along are not looked at",
         by(key, jku="https://evil.example/keys", x5u="https://evil.example/x", jwk=stranger[alg].jwk, x5c=["AAAA"]))
    good(f"{alg}: claims that nobody knows", by(key, {**GOOD, "scope": "a b", "extra": {"a": [1, {"b": None}]}}))
good("HS256 with a kid that no secret has", token({"alg": "HS256", "kid": "any"}))
good("an audience where none is asked for", token({"alg": "HS256"}, {**GOOD, "aud": ["a", "b"]}))
good("times with fractions", token({"alg": "HS256"}, {**GOOD, "exp": LATER + 0.5, "iat": 1700000000.25, "nbf": 0}))

# Algorithms.

for alg, key in keys.items():
    for other in ("HS256", "RS256", "PS256", "ES256", "EdDSA"):
        if other != alg:
            bad(f"{alg}'s signature under the name {other}", token({"alg": other, "kid": key.kid}, GOOD, key.sign))
    for name, secret in (("PEM", key.pem), ("PEM without its last line break", key.pem.strip()), ("DER", key.der),
                         ("JWK", compact(key.jwk))):
        for kid in (None, key.kid):
            header = {"alg": "HS256", **({"kid": kid} if kid else {})}
            bad(f"HS256 with the {name} of the {alg} key for a secret, {'with' if kid else 'without'} kid",
                token(header, GOOD, lambda m, s=secret: hs256(m, s)))
    bad(f"{alg} by a stranger under the known kid", by(stranger[alg]))
    bad(f"{alg} by a stranger without kid", token({"alg": alg}, GOOD, stranger[alg].sign))
    bad(f"{alg} by a stranger who brings the key along", by(stranger[alg], jwk=stranger[alg].jwk))
    bad(f"{alg} by a stranger who says where the key is",
        by(stranger[alg], jku="http://127.0.0.1:9/keys", x5u="http://127.0.0.1:9/x"))
    bad(f"{alg} under an unknown kid", token({"alg": alg, "kid": "nobody"}, GOOD, key.sign))
    for other in keys.values():
        if other is not key:
            bad(f"{alg} under the kid of {other.alg}", token({"alg": alg, "kid": other.kid}, GOOD, key.sign))
    bad(f"{alg} with crit", by(key, crit=["exp"]))
    bad(f"{alg} with an empty signature", by(key).rsplit(".", 1)[0] + ".")
    text = by(key)
    head, body, signature = text.split(".")
    raw = base64.urlsafe_b64decode(signature + "==")
    for name, changed in (("cut", raw[:-1]), ("longer", raw + b"\0"), ("with a zero in front", b"\0" + raw),
                          ("of zeros", bytes(len(raw))), ("of ones", b"\xff" * len(raw)), ("twice", raw + raw),
                          ("reversed", raw[::-1]), ("of one byte", b"\1")):
        bad(f"{alg} with a signature {name}", f"{head}.{body}.{b64(changed)}")
    for bit in range(0, len(raw) * 8, len(raw) * 8 // 6):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        bad(f"{alg} with bit {bit} of its signature turned", f"{head}.{body}.{b64(bytes(changed))}")
    bad(f"{alg}: another's claims under its signature", f"{head}.{b64(compact({**GOOD, 'sub': 'u_bob'}))}.{signature}")

for alg in ("none", "None", "NONE", "nOnE", "none ", "", "HS256 ", "hs256", "Hs256", "HS384", "HS512", "RS384", "RS512",
            "PS384", "PS512", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "eddsa", "RSA-OAEP", "dir", "A128KW",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", None, 0, 256, True, [], ["HS256"], {}, {"HS256": 1}):
    bad(f"alg {json.dumps(alg)} with a good HMAC", token({"alg": alg}))
    bad(f"alg {json.dumps(alg)} with no signature", token({"alg": alg}, GOOD, lambda m: b""))
bad("HS256 by an empty secret", token({"alg": "HS256"}, GOOD, lambda m: hs256(m, b"")))
bad("HS256 by a secret of zeros", token({"alg": "HS256"}, GOOD, lambda m: hs256(m, bytes(32))))
bad("HS256 by the secret in upper case", token({"alg": "HS256"}, GOOD, lambda m: hs256(m, SECRET.upper())))
bad("HS384 under the name HS256", token({"alg": "HS256"}, GOOD, lambda m: hmac.new(SECRET, m, hashlib.sha384).digest()))
bad("HS512 under the name HS256", token({"alg": "HS256"}, GOOD, lambda m: hmac.new(SECRET, m, hashlib.sha512).digest()))
bad("a bare SHA-256 under the name HS256", token({"alg": "HS256"}, GOOD, lambda m: hashlib.sha256(SECRET + m).digest()))

key = keys["RS256"]
size = key.private.key_size // 8
modulus = key.private.public_key().public_numbers().n
bad("RS256 with SHA-1", token({"alg": "RS256", "kid": key.kid}, GOOD, lambda m: key.sign(m, digest=hashes.SHA1())))
bad("RS256 with SHA-512", token({"alg": "RS256", "kid": key.kid}, GOOD, lambda m: key.sign(m, digest=hashes.SHA512())))
bad("RS256's key with PSS padding", token({"alg": "RS256", "kid": key.kid}, GOOD, lambda m: key.sign(m, "PS256")))
bad("PS256 under a key of RS256", token({"alg": "PS256", "kid": key.kid}, GOOD, lambda m: key.sign(m, "PS256")))
for name, value in (("0", 0), ("1", 1), ("the modulus less 1", modulus - 1), ("the modulus", modulus)):
    bad(f"RS256 with the signature {name}",
        token({"alg": "RS256", "kid": key.kid}, GOOD, lambda m, v=value: v.to_bytes(size, "big")))
pss = keys["PS256"]
for salt in (0, 20, 31, 33, 222):
    bad(f"PS256 with a salt of {salt} bytes",
        token({"alg": "PS256", "kid": pss.kid}, GOOD, lambda m, s=salt: pss.sign(m, salt=s)))
bad("PS256's key with the padding of RS256", token({"alg": "PS256", "kid": pss.kid}, GOOD, lambda m: pss.sign(m, "RS256")))
bad("RS256 under a key of PS256", token({"alg": "RS256", "kid": pss.kid}, GOOD, lambda m: pss.sign(m, "RS256")))
curve = keys["ES256"]
for r, s in ((0, 0), (0, 1), (1, 0), (1, 1), (ORDER, 1), (1, ORDER), (ORDER, ORDER), (ORDER - 1, ORDER - 1),
             (ORDER + 1, 1), (2 ** 256 - 1, 2 ** 256 - 1)):
    bad(f"ES256 with r {r % 1000} and s {s % 1000} of {r.bit_length()} and {s.bit_length()} bits",
        token({"alg": "ES256", "kid": curve.kid}, GOOD, lambda m, r=r, s=s: r.to_bytes(32, "big") + s.to_bytes(32, "big")))
bad("ES256 with the signature in DER",
    token({"alg": "ES256", "kid": curve.kid}, GOOD, lambda m: curve.private.sign(m, ec.ECDSA(hashes.SHA256()))))
bad("ES256 with SHA-512", token({"alg": "ES256", "kid": curve.kid}, GOOD, lambda m: curve.sign(m, digest=hashes.SHA512())))
edwards = keys["EdDSA"]
L = 2 ** 252 + 27742317777372353535851937790883648493


def beyond(message):
    raw = edwards.sign(message)
    return raw[:32] + (int.from_bytes(raw[32:], "little") + L).to_bytes(32, "little")


bad("EdDSA with s beyond the group's order", token({"alg": "EdDSA", "kid": edwards.kid}, GOOD, beyond))
bad("EdDSA over the message's hash",
    token({"alg": "EdDSA", "kid": edwards.kid}, GOOD, lambda m: edwards.sign(hashlib.sha512(m).digest())))

# Headers, all with a good HMAC.

for header in (
        {"typ": "JWT"}, {}, [], ["HS256"], "HS256", 1, None, True, b"", b"{", b'{"alg":"HS256"', b'{"alg":"HS256",}',
        b"{'alg':'HS256'}", b'{"alg":"HS256"} x', b'{"alg":"HS256"}{}', b'\xef\xbb\xbf{"alg":"HS256"}', b'{"alg":"HS256","alg":"HS256"}',
        b'{"alg":"HS256","\\u0061lg":"none"}', b'{"alg":"HS256","kid":"\xff"}', b'{"alg":"HS256","a":"\\ud800"}', b'{"alg":"HS256"/**/}',
        b'{"alg":"HS256","a":01}', b'{"alg":"HS256","a":NaN}', b'{"alg":"HS256\x00"}', b'{alg:"HS256"}', b"\0",
        b'{"alg":"HS256","a":' + b"[" * 50 + b"]" * 50 + b"}", b'{"alg":"HS256","a":"\n"}',
        {"alg": "HS256", "crit": []}, {"alg": "HS256", "crit": ["b64"], "b64": False}, {"alg": "HS256", "crit": None},
        {"alg": "HS256", "crit": ["exp"]}, {"alg": "HS256", "crit": "exp"}, {"alg": "HS256", "zip": "DEF"}, {"alg": "HS256", "zip": None},
        {"alg": "HS256", "typ": "JWE"}, {"alg": "HS256", "typ": 1}, {"alg": "HS256", "typ": None}, {"alg": "HS256", "typ": ["JWT"]},
        {"alg": "HS256", "typ": "dpop+jwt"}, {"alg": "HS256", "typ": "secevent+jwt"}, {"alg": "HS256", "typ": ""},
        {"alg": "HS256", "kid": 1}, {"alg": "HS256", "kid": None}, {"alg": "HS256", "kid": []}, {"alg": "HS256", "kid": {}},
        {"alg": "HS256", "kid": ""}, {"alg": "HS256", "kid": "k" * 257}, {"alg": "HS256", "kid": True},
        {"ALG": "HS256"}, {"Alg": "HS256"}, {"alg ": "HS256"}):
    shown = header.decode("latin-1") if isinstance(header, bytes) else json.dumps(header)
    bad(f"header {shown[:60]}", token(header))

# Claims, all with a good HMAC.


def claims(value, error="token_invalid"):
    shown = value.decode("latin-1") if isinstance(value, bytes) else json.dumps(value, ensure_ascii=True)
    bad(f"claims {shown[:90]}", token({"alg": "HS256"}, value), error)


for value in ([], [GOOD], "u_ann", 1, None, True, {}, b"", b"{", b'{"sub":"u_ann","exp":4102444800', b"\xef\xbb\xbf" + compact(GOOD),
              compact(GOOD) + b" x", compact(GOOD) + compact(GOOD), b'{"sub":"u_ann","exp":4102444800,}',
              b'{"sub":"u_ann","sub":"u_bob","exp":4102444800}', b'{"sub":"u_ann","exp":1,"exp":4102444800}',
              b'{"sub":"u_ann","\\u0073ub":"u_bob","exp":4102444800}', b'{"sub":"u_\xff","exp":4102444800}',
              b'{"sub":"u_\xc0\xae","exp":4102444800}', b'{"sub":"u_\xed\xa0\x80","exp":4102444800}', b'{"sub":"\\ud800","exp":4102444800}',
              b'{"sub":"u_ann","exp":0x7fffffff}', b'{"sub":"u_ann","exp":+4102444800}', b'{"sub":"u_ann","exp":Infinity}',
              b'{"sub":"u_ann","exp":4102444800,"a":' + b"[" * 60 + b"]" * 60 + b"}",
              b'{"sub":"u_ann","exp":4102444800,"a":' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"}",
              b'{"sub":"u_ann\x00","exp":4102444800}', b"{'sub':'u_ann','exp':4102444800}"):
    claims(value)
for subject in (None, "", 7, 7.5, True, [], ["u_ann"], {}, {"id": "u_ann"}, "a b", "a\tb", "a\nb", "a\u0000b", "a\u200bb", "a\u202eb",
                "a\u00a0b", "a\u2028b", "\ufeffu", "u" * 65, "é" * 33, "system", "operator", "watcher", "u_dev_1", "u_dev_", "key_1",
                "wallet_So11111111111111111111111111111111111111112", "email_ann@example.org", "\u212aim", "cafe\u0301"):
    claims({"sub": subject, "exp": LATER})
claims({"exp": LATER})
claims({"Sub": "u_ann", "exp": LATER})
for time in (None, "", "4102444800", True, [], {}, -1, -0.5, 1e300, 1e12, "never", [LATER]):
    claims({"sub": "u_ann", "exp": time})
    if time is not None or True:
        claims({**GOOD, "nbf": time})
        claims({**GOOD, "iat": time})
claims({"sub": "u_ann"})
claims({"sub": "u_ann", "exp": 0}, "token_expired")
claims({"sub": "u_ann", "exp": 1}, "token_expired")
claims({"sub": "u_ann", "exp": 1700000000}, "token_expired")
claims({**GOOD, "nbf": 4000000000})
claims({**GOOD, "iat": 4000000000})
for name, values in {
        "name": ("", " ", 1, True, None, [], {}, "A\u200bnn", "\u202eAnn", "A\nnn", "x" * 65, "\u0000"),
        "iss": ("", 1, True, None, [], ["a"], {}, "i" * 1025), "aud": (1, True, None, {}, [1], ["a", None], ["a"] * 33),
        "jti": ("", 1, None, [], {}, "j" * 129), "bot": ("true", 1, 0, None, [], {}), "metrics": ("true", 1, None, []),
        "dev": ("true", 1, None, []),
        "channels": ("*", ["topic:*"], 1, None, {"subscribe": "topic:*"}, {"subscribe": [1]}, {"publish": ["room:x"]},
                     {"publish": [""]}, {"subscribe": None}, {"subscribe": {}}, {"subscribe": ["topic:a"] * 65}, {"publish": ["user:u_bob"]}),
        "rooms": ("owner", ["r"], 1, None, {"r": "king"}, {"r": 1}, {"r": None}, {"r": "Owner"}, {f"r{i}": "member" for i in range(257)}),
}.items():
    for value in values:
        claims({**GOOD, name: value})
claims({**GOOD, "iss": "stoa"})
claims({"sub": "u_dev_1", "iss": "stoa", "dev": True, "exp": LATER})
claims({**GOOD, "pad": "x" * 7000})

# Form.

text = token({"alg": "HS256"})
head, body, signature = text.split(".")
for name, form in (
        ("empty", ""), ("one dot", "."), ("two dots", ".."), ("three dots", "..."), ("one part", head), ("two parts", f"{head}.{body}"),
        ("four parts", text + ".AA"), ("five parts, as an encrypted one", f"{head}..{body}.{signature}.AA"), ("a dot behind", text + "."),
        ("a dot in front", "." + text), ("no header", f".{body}.{signature}"), ("no claims", f"{head}..{signature}"),
        ("no signature", f"{head}.{body}."), ("parts in another order", f"{body}.{head}.{signature}"),
        ("padding behind the header", f"{head}=.{body}.{signature}"), ("padding behind the claims", f"{head}.{body}=.{signature}"),
        ("padding behind the signature", text + "="), ("two of it", text + "=="), ("a space in it", f"{head}. {body}.{signature}"),
        ("a percent sign", f"{head}%2E{body}.{signature}"), ("the alphabet with plus and slash", f"{head}.{body}.+/{signature[2:]}"),
        ("a letter beyond ASCII", f"{head}.{body}.{signature[:-1]}é"), ("JSON in place of it", json.dumps({"payload": body, "signatures": []})),
        ("Bearer in it", "Bearer." + text), ("the claims bare", f"{head}.{json.dumps(GOOD)}.{signature}"),
        ("hexadecimal signature", f"{head}.{body}.{base64.urlsafe_b64decode(signature + '=').hex()}"),
        ("a token that is too long", text + "A" * 9000), ("only dots", "." * 100), ("null", "null"), ("a number", "12345")):
    bad("form: " + name, form)
alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
last = alphabet[alphabet.index(signature[-1]) | 1]
bad("form: a stray bit behind the signature", f"{head}.{body}.{signature[:-1]}{last}")
for index in range(0, len(text), 9):
    if text[index] != ".":
        bad(f"form: another character at {index}", text[:index] + ("B" if text[index] == "A" else "A") + text[index + 1:])
for length in range(1, len(text), 13):
    bad(f"form: cut after {length}", text[:length])

good("rotation: the newer key", by(rotated), ANN)
rotation = signed.pop()

(here / "keys").mkdir(exist_ok=True)
for alg, key in keys.items():
    (here / "keys" / f"{alg.lower()}.pem").write_bytes(key.pem)
weak = rsa.generate_private_key(65537, 1024)
(here / "keys" / "weak.pem").write_bytes(weak.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
other = ec.generate_private_key(ec.SECP384R1())
(here / "keys" / "p384.pem").write_bytes(other.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))


def write(name, items):
    lines = ",\n".join("  " + json.dumps(item) for item in items)
    (here / name).write_text(f"[\n{lines}\n]\n")


write("signed.json", signed)
write("hostile.json", hostile)
first = {"keys": [key.jwk for key in keys.values()]}
(here / "keys" / "set.json").write_text(json.dumps(first, indent=1) + "\n")
second = {"keys": [rotated.jwk] + first["keys"][:2]}
(here / "keys" / "rotated-set.json").write_text(json.dumps(second, indent=1) + "\n")
(here / "keys" / "rotated-token.txt").write_text(rotation["token"] + "\n")
print(len(signed), "good,", len(hostile), "hostile")
