import Identity
import Telemetry

extension Setting {
    /// All keys, in the order in which they are documented.
    static let all: [Setting] =
        server + identity + wallets + gates + email + tls + limits + tiers + websocket + http + rooms + topics
        + prices + notifications + progress + store + sharing + webhooks + record + watching

    private static let server: [Setting] = [
        Setting(
            "host", .text, "127.0.0.1",
            "The address to listen on: IPv4 or IPv6 in numbers; `0.0.0.0` for all."),
        Setting(
            "port", .integer(0...65_535), "8080",
            "The port to listen on; 0 takes a free one. Speaks TLS where `tls.certificate` is set."),
        Setting(
            "unix_socket", .text, "",
            "A path to listen on as well, for a proxy on the same machine; empty for none."),
        Setting(
            "data_dir", .text, "stoa-data",
            "The directory that holds everything the server keeps; made where it is missing."),
        Setting(
            "loops", .integer(0...256), "0", unit: "event loops",
            "Threads that serve connections; 0 for one per processor."),
        Setting("instance.id", .text, "i_1", "This instance's name, shown to clients in `welcome`."),
        Setting(
            "dev", .flag, "false",
            "Makes a secret and a first room, prints a link that opens it, and gives anybody a token. For trying the server, never for the public."
        ),
        Setting("echo", .flag, "false", "Adds `/echo`, which returns what it gets, for conformance suites."),
        Setting(
            "handover", .flag, "false",
            "Listens where another stoa of the same user listens already, which is about to stop: a restart on one machine that refuses nobody."
        ),
        Setting(
            "drain.window_ms", .integer(0...600_000), "10000", unit: "ms",
            "How long clients have to go elsewhere once the server is asked to stop: each is told its own moment within it. With `--dev` 0, if it is not set."
        ),
        Setting(
            "drain.linger_ms", .integer(0...600_000), "250", unit: "ms",
            "How long of that new connections are taken still: until proxies have seen that it is not ready, or another process has taken over."
        ),
        Setting(
            "drain.close_ms", .integer(0...600_000), "5000", unit: "ms",
            "How long connections have to end after they were closed."),
    ]

    private static let identity: [Setting] = [
        Setting(
            "jwt.secret", .list, "", secret: true,
            "Secrets of HS256 tokens, at least 32 bytes each; several for rotation, the first one signs."),
        Setting(
            "jwt.keys", .list, "",
            "PEM files of public keys or certificates (RSA of 2048 bits or more, P-256, Ed25519) that sign tokens, each as `path`, or `path kid=main alg=PS256`. A key has one algorithm: RS256, PS256, ES256 or EdDSA."
        ),
        Setting(
            "jwt.jwks_url", .text, "",
            "An address that publishes such keys (a JWK Set), over https or on this machine."),
        Setting("jwt.issuer", .text, "", "What a token's `iss` must be; empty takes any."),
        Setting("jwt.audience", .text, "", "What a token's `aud` must contain; empty does not look."),
        Setting(
            "jwt.tenant_claim", .text, "",
            "The claim that names a person's tenant; empty: everybody belongs to `default`, whose rooms the server keeps. Others have topics alone."
        ),
        Setting(
            "jwt.issuers", .list, "",
            "Further issuers, each as `name=acme issuer=https://id.acme.example jwks=https://…`, with `key=path` in place of or beside `jwks`, and `alg`, `audience`, `tenant`, `tenant_claim`. Their people's ids are `acme:` and the `sub`."
        ),
        Setting(
            "jwt.jwks_refresh_ms", .integer(100...86_400_000), "300000", unit: "ms",
            "The longest time between two fetches of published keys; `Cache-Control` may ask for less."),
        Setting(
            "jwt.jwks_cooldown_ms", .integer(1...3_600_000), "30000", unit: "ms",
            "The least time between two fetches; a token with an unknown `kid` causes one no more often."),
        Setting(
            "jwt.jwks_max_age_ms", .integer(1000...2_592_000_000), "86400000", unit: "ms",
            "How long the last published keys are good while their address does not answer."),
        Setting(
            "jwt.jwks_timeout_ms", .integer(100...60_000), "5000", unit: "ms",
            "How long a fetch may take, and a token with an unknown `kid` wait for it."),
        Setting(
            "jwt.jwks_bytes", .integer(1024...16_777_216), "262144", unit: "bytes",
            "How large a set of published keys may be."),
        Setting(
            "jwt.jwks_authorities", .text, "",
            "A PEM file of authorities to trust for such addresses in place of the system's."),
        Setting(
            "jwt.warning_ms", .integer(0...3_600_000), "60000", unit: "ms",
            "How long before a token runs out its connections are told by `token_expiring`; 0 for no warning."
        ),
        Setting(
            "jwt.withdrawn_ms", .integer(0...3_600_000), "60000", unit: "ms",
            "How long connections go on whose token's key is published no more: they are told by `token_expiring` at once. 0 closes them at once."
        ),
        Setting(
            "auth.access_ms", .integer(10_000...86_400_000), "900000", unit: "ms",
            "How long an access token of the server's own lasts."),
        Setting(
            "auth.refresh_ms", .integer(60_000...31_536_000_000), "604800000", unit: "ms",
            "How long a refresh token lasts that is not used; each is good once."),
        Setting(
            "jwt.cache", .integer(0...10_000_000), "10000", unit: "tokens",
            "Verified tokens that are remembered until they run out; 0 for none."),
    ]

    private static let wallets: [Setting] = [
        Setting(
            "wallet.origins", .list, "",
            "Origins whose pages may sign people in with a wallet, as `https://app.example`; the wallet shows it to the person. Empty: nobody signs in with one."
        ),
        Setting(
            "wallet.statement", .text, WalletSettings().statement,
            "The sentence that the person who signs reads; one line of ASCII without quotes."),
        Setting("wallet.resources", .list, "", "URIs that the signed text lists, such as one's terms."),
        Setting(
            "wallet.solana_network", .text, "mainnet",
            "The network of Solana that the signed text names."),
        Setting(
            "wallet.xrpl_network", .text, "xrpl:0",
            "The network of the XRP Ledger that the signed text names."),
        Setting(
            "wallet.challenge_ms", .integer(1000...3_600_000), "300000", unit: "ms",
            "How long a wallet may take to sign."),
        Setting(
            "wallet.challenges", .integer(1...1_000_000), "10000", unit: "challenges",
            "Challenges that wait for a wallet at a time."),
        Setting(
            "wallet.challenges_per_address", .integer(1...10_000), "20", unit: "challenges",
            "Of these, asked for from one address, or one /64 of IPv6."),
        Setting(
            "wallet.per_person", .integer(1...1000), "20", unit: "wallets",
            "Wallets of one person."),
    ]

    private static let email: [Setting] = [
        Setting(
            "email.smtp_url", .text, "",
            "The host that takes mails with sign-in codes, as `smtp://mail.example:587` or `smtps://mail.example:465`. Empty, and no webhook: nobody signs in by e-mail."
        ),
        Setting("email.from", .text, "", "Who these mails come from, as `Stoa <no-reply@example.org>`."),
        Setting("email.user", .text, "", "The user at that host, where it wants one."),
        Setting("email.password", .text, "", secret: true, "That user's password."),
        Setting(
            "email.tls", .flag, "true",
            "Whether mails go over TLS alone, with `smtp://` by STARTTLS; `false` is for a host on this machine."
        ),
        Setting(
            "email.authorities", .text, "",
            "A PEM file of authorities to trust for the host or the webhook in place of the system's."),
        Setting("email.subject", .text, "Your sign-in code", "The mails' subject, in ASCII."),
        Setting(
            "email.webhook_url", .text, "",
            "An address that is posted the codes in place of SMTP, over https or on this machine."),
        Setting(
            "email.webhook_secret", .text, "", secret: true,
            "The secret that signs what is posted there, at least 32 bytes."),
        Setting(
            "email.code_ms", .integer(60_000...3_600_000), "600000", unit: "ms", "How long a code is good."),
        Setting(
            "email.queue", .integer(1...100_000), "1000", unit: "mails",
            "Mails that wait to go out; beyond that asking for a code is refused as `unavailable`."),
    ]

    private static let tls: [Setting] = [
        Setting(
            "tls.certificate", .list, "",
            "PEM files of certificate chains. Several are told apart by the name that the client asks for. SIGHUP reads them again."
        ),
        Setting("tls.key", .list, "", "PEM files of their private keys, in the same order."),
        Setting(
            "tls.handshake_ms", .integer(100...120_000), "10000", unit: "ms",
            "How long a TLS handshake may take."),
    ]

    private static let websocket: [Setting] = [
        Setting(
            "websocket.ping_ms", .integer(1000...3_600_000), "25000", unit: "ms",
            "How often the server pings."),
        Setting(
            "websocket.pong_ms", .integer(500...600_000), "8000", unit: "ms",
            "How long a client may take to answer."),
        Setting(
            "websocket.auth_ms", .integer(100...600_000), "10000", unit: "ms",
            "How long a connection may stay without a token."),
        Setting("websocket.compression", .flag, "true", "Whether permessage-deflate is agreed to."),
    ]

    private static let http: [Setting] = [
        Setting(
            "http.origins", .list, "", "Origins whose pages may connect beside the server's own; `*` for all."
        ),
        Setting(
            "http.trusted_proxies", .list, "",
            "Addresses or networks (10.0.0.0/8, or `unix`) of proxies whose `Forwarded` and `X-Forwarded-For` count."
        ),
        Setting(
            "http.proxy_protocol", .flag, "false",
            "Whether connections of trusted proxies begin with a PROXY header (version 1 or 2), as HAProxy sends it."
        ),
        Setting(
            "http.header_ms", .integer(100...600_000), "10000", unit: "ms",
            "How long a request's head may take."),
        Setting(
            "http.body_ms", .integer(100...3_600_000), "30000", unit: "ms",
            "How long a request's body may take."),
        Setting(
            "http.idle_ms", .integer(100...3_600_000), "60000", unit: "ms",
            "How long an idle HTTP connection is kept."),
    ]

    private static let rooms: [Setting] = [
        Setting(
            "presence.grace_ms", .integer(0...600_000), "5000", unit: "ms",
            "How long a person whose last connection was cut stays present."),
        Setting(
            "presence.announced_people", .integer(0...10_000), "100", unit: "people",
            "Up to so many people a room announces each arrival by itself; beyond, one diff per interval."),
        Setting(
            "presence.diff_ms", .integer(100...60_000), "1000", unit: "ms", "The interval of these diffs."),
        Setting("rooms.anyone_may_create", .flag, "true", "Whether every signed-in person may create rooms."),
        Setting(
            "rooms.replay_events", .integer(1...10_000), "1000", unit: "events",
            "Events that a returning client is replayed at most; beyond, it gets a `gap`."),
        Setting(
            "rooms.replay_bytes", .integer(1024...268_435_456), "524288", unit: "bytes",
            "Bytes that these may have; to be well below `limits.backlog_bytes`."),
        Setting(
            "rooms.receipt_people", .integer(0...10_000), "250", unit: "people",
            "People present beyond whom a room with `receipts` gives none: who has a message is known person by person."
        ),
        Setting(
            "retention.days", .integer(0...36_500), "90", unit: "days",
            "How long messages are kept where a room says nothing; 0 for ever."),
    ]

    private static let topics: [Setting] = [
        Setting(
            "topics.ring", .integer(0...100_000), "256", unit: "publications",
            "Publications of a topic kept for recovery."),
        Setting(
            "topics.ring_bytes", .integer(1024...1_073_741_824), "1048576", unit: "bytes", "Bytes of them."),
        Setting(
            "topics.rings", .list, "",
            "Rings of their own, as `topic:lobby*=1000`; the first that fits counts."),
        Setting(
            "topics.channels", .integer(1...10_000_000), "100000", unit: "topics",
            "Topics that may exist at a time; of channels of prices on which nothing was ever told, whose names anybody may make up, a tenth."
        ),
        Setting(
            "topics.idle_ms", .integer(1000...86_400_000), "600000", unit: "ms",
            "How long a topic that nobody uses is kept."),
    ]

    private static let watching: [Setting] = [
        Setting(
            "metrics.listen", .text, "",
            "An address and port (127.0.0.1:9100) where anybody may read `/metrics` and `/health`; empty for none: then it takes a token whose claim `metrics` is true."
        ),
        Setting(
            "log.level", .choice(LogLevel.allCases.map(\.name)), "info",
            "The lowest level of lines in the log; `stoa log --level debug` changes it while the server runs."
        ),
    ]

    /// By key.
    static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
