"""A mail host for tests: takes mails on a free port of this machine and prints each as a line of JSON.

usage: server.py [--certificate FILE --key FILE [--implicit]] [--user NAME --password TEXT] [--reply CODE] [--times N]

The first line is its port. With a certificate it wants TLS before a mail: by STARTTLS, or from the first byte
(--implicit). With a user it wants them to log in. It answers the first N recipients (usually all) with --reply.
"""

import argparse
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, options):
        self.reply = options.reply
        self.left = options.times

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.reply and self.left != 0:
            self.left -= 1
            print(json.dumps({"refused": address}), flush=True)
            return f"{self.reply} not now"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "text": envelope.original_content.decode("utf-8"),
            "tls": session.ssl is not None or getattr(server, "is_implicit", False),
            "user": session.auth_data.login.decode() if session.auth_data else None,
        }), flush=True)
        return "250 OK"


async def serve(options):
    context = None
    if options.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.certificate, options.key)

    def check(server, session, envelope, mechanism, data):
        good = (isinstance(data, LoginPassword) and data.login.decode() == options.user
                and data.password.decode() == options.password)
        return AuthResult(success=good, handled=good, auth_data=data)

    handler = Handler(options)

    def make():
        by_command = context and not options.implicit
        server = SMTP(
            handler, hostname="mail.example", tls_context=context if by_command else None,
            require_starttls=bool(by_command), auth_required=bool(options.user),
            auth_require_tls=bool(context) and not options.implicit,
            authenticator=check if options.user else None)
        server.is_implicit = bool(options.implicit)
        return server

    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        make, "127.0.0.1", 0, ssl=context if options.implicit else None)
    print(listener.sockets[0].getsockname()[1], flush=True)
    await listener.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("--implicit", action="store_true")
parser.add_argument("--user")
parser.add_argument("--password")
parser.add_argument("--reply", type=int)
parser.add_argument("--times", type=int, default=-1)
try:
    asyncio.run(serve(parser.parse_args()))
except (KeyboardInterrupt, BrokenPipeError):
    sys.exit(0)
