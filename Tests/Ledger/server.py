#!/usr/bin/env python3
"""Solana JSON-RPC and DAS over a ledger in memory, for tests; several nodes of it that can fail, each in its way.

POST /node/NAME is a node, GET /ws its WebSocket, POST /xrpl/NAME a node of the XRP Ledger, for faults "xrpl-NAME". POST /control takes {"act": …} with the arguments of an act below and answers
{"result": …} or {"error": …}. The first line of output is the address.
"""

import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assets import Assets
from chain import Chain
from solders.pubkey import Pubkey
from subscriptions import Subscriptions
from xrpl import XRPLedger

LOCK = threading.Lock()
CHAIN = Chain()
ASSETS = Assets(CHAIN)
XRPL = XRPLedger()
SUBSCRIPTIONS = Subscriptions(CHAIN, LOCK)
# Node → {"fault": its name, "left": how many answers, nil for ever, and its arguments}.
FAULTS = {}
CALLS = []
RELEASED = threading.Event()


class RPCError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


# What a test may do


def fault(node, fault=None, left=None, **arguments):
    RELEASED.set()
    RELEASED.clear()
    if fault is None:
        FAULTS.pop(node, None)
    else:
        FAULTS[node] = {"fault": fault, "left": left, **arguments}


def calls():
    return [{"node": node, "method": method} for node, method in CALLS]


ACTS = {
    "wallet": CHAIN.wallet,
    "import_wallet": CHAIN.import_wallet,
    "crowd": CHAIN.crowd,
    "create_mint": CHAIN.create_mint,
    "mint": CHAIN.mint,
    "transfer": CHAIN.transfer,
    "burn": CHAIN.burn,
    "freeze": CHAIN.freeze,
    "delegate": CHAIN.delegate,
    "set_slot": CHAIN.set_slot,
    "slot": lambda: CHAIN.slot,
    "create_asset": ASSETS.create,
    "create_collection": ASSETS.create_collection,
    "change_asset": ASSETS.change,
    "fault": fault,
    "calls": calls,
    "xrpl_fund": XRPL.fund,
    "xrpl_line": XRPL.set_line,
    "xrpl_mint": XRPL.mint_token,
    "xrpl_move": XRPL.move_token,
    "subscriptions": SUBSCRIPTIONS.count,
    "cut": SUBSCRIPTIONS.cut,
    "silence": lambda silent: setattr(SUBSCRIPTIONS, "silent", silent),
}


# What a node answers


def with_context(value, seen_slot):
    return {"context": {"apiVersion": "2.1.0", "slot": seen_slot}, "value": value}


def encoded(account, options):
    data = bytes(account.data)
    part = options.get("dataSlice")
    if part:
        data = data[part["offset"] : part["offset"] + part["length"]]
    return {
        "data": [base64.b64encode(data).decode(), "base64"],
        "executable": account.executable,
        "lamports": account.lamports,
        "owner": str(account.owner),
        "rentEpoch": 18446744073709551615,
        "space": len(account.data),
    }


def options_of(params, index, slot, lies):
    options = params[index] if len(params) > index else {}
    least = options.get("minContextSlot")
    if least is not None and least > slot and not lies:
        raise RPCError(-32016, "Minimum context slot has not been reached")
    return options


def token_accounts(params, slot, lies):
    options = options_of(params, 2, slot, lies)
    which = params[1]
    if which.get("mint") is not None and CHAIN.get(which["mint"]) is None:
        raise RPCError(-32602, "Invalid param: could not find mint")
    # A lying node shows everybody's accounts as the asker's.
    owners = {bytes(CHAIN.svm.get_account(a).data[32:64]) for a in CHAIN.accounts} if lies else None
    owners = [params[0]] if owners is None else [str(Pubkey.from_bytes(owner)) for owner in owners]
    found = [
        {"pubkey": address, "account": encoded(account, options)}
        for owner in owners
        for address, account in CHAIN.token_accounts(owner, which.get("mint"), which.get("programId"))
    ]
    return with_context(found, slot)


def account_info(params, slot, lies):
    options = options_of(params, 1, slot, lies)
    account = CHAIN.get(params[0])
    return with_context(account and encoded(account, options), slot)


def multiple_accounts(params, slot, lies):
    if len(params[0]) > 100:
        raise RPCError(-32602, "Too many inputs provided; max 100")
    options = options_of(params, 1, slot, lies)
    found = [CHAIN.get(address) for address in params[0]]
    return with_context([account and encoded(account, options) for account in found], slot)


def balance(params, slot, lies):
    options_of(params, 1, slot, lies)
    return with_context(CHAIN.svm.get_balance(Pubkey.from_string(params[0])) or 0, slot)


METHODS = {
    "getTokenAccountsByOwner": token_accounts,
    "getAccountInfo": account_info,
    "getMultipleAccounts": multiple_accounts,
    "getBalance": balance,
    "getSlot": lambda params, slot, lies: slot,
    "getAsset": lambda params, slot, lies: ASSETS.get(params),
    "getAssetBatch": lambda params, slot, lies: ASSETS.batch(params),
    "getAssetsByOwner": lambda params, slot, lies: ASSETS.search(params),
    "searchAssets": lambda params, slot, lies: ASSETS.search(params),
}


def answer(request, fault):
    """The JSON-RPC answer, as the fault bends it."""
    name = fault.get("fault")
    head = {"jsonrpc": "2.0", "id": "another" if name == "wrong_id" else request.get("id")}
    if name == "error":
        return {**head, "error": {"code": -32005, "message": "Node is behind by 150 slots"}}
    if name == "null":
        return {**head, "result": None}
    slot = fault.get("slot", CHAIN.slot)
    try:
        method = METHODS.get(request.get("method"))
        if method is None:
            raise RPCError(-32601, "Method not found")
        result = method(request.get("params", []), slot, name == "lie" or name == "stale")
    except RPCError as error:
        return {**head, "error": {"code": error.code, "message": str(error)}}
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return {**head, "error": {"code": -32602, "message": f"Invalid params: {error}"}}
    if name == "nothing":
        if isinstance(result, list):
            result = [None for _ in result]
        else:
            result = with_context([], slot) if "context" in result else {**result, "items": []}
    return {**head, "result": result}


def body_of(request, fault, answer=answer):
    """Status, fields and bytes of the answer."""
    name = fault.get("fault")
    if name == "rate_limit":
        return 429, {"Retry-After": str(fault.get("after", 1))}, b"slow down"
    if name == "server_error":
        return 503, {}, b"down"
    if name == "html":
        return 200, {"Content-Type": "text/html"}, b"<html><body>Checking your browser</body></html>"
    if name == "empty":
        return 200, {}, b""
    if name == "huge":
        return 200, {}, b'{"jsonrpc":"2.0","result":"' + b"x" * 33_554_432 + b'"}'
    body = json.dumps(answer(request, fault)).encode()
    return 200, {"Content-Type": "application/json"}, body[: len(body) // 2] if name == "truncated" else body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if self.path == "/control":
            return self.reply(200, {}, json.dumps(self.act(request)).encode())
        chain, _, node = self.path[1:].partition("/")
        if chain == "xrpl":
            node = "xrpl-" + node
        with LOCK:
            CALLS.append((node, request.get("method")))
            fault = FAULTS.get(node, {})
            if fault.get("left") is not None:
                fault["left"] -= 1
                if fault["left"] <= 0:
                    FAULTS.pop(node)
            status, fields, body = body_of(request, fault, XRPL.answer if chain == "xrpl" else answer)
        if fault.get("fault") == "timeout":
            RELEASED.wait(60)
            self.close_connection = True
            return
        try:
            self.reply(status, fields, body)
        except OSError:
            self.close_connection = True

    def do_GET(self):
        if self.path == "/ws" and self.headers.get("Sec-WebSocket-Key"):
            return SUBSCRIPTIONS.serve(self)
        self.reply(404, {}, b"")

    def act(self, request):
        try:
            with LOCK:
                result = ACTS[request.pop("act")](**request)
                SUBSCRIPTIONS.told()
                return {"result": result}
        except (KeyError, TypeError, ValueError) as error:
            return {"error": str(error)}

    def reply(self, status, fields, body):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def end_with(parent):
    """A test run that is killed cannot end what it started."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    server = Server(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
