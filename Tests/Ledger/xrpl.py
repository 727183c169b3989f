"""The XRP Ledger as its nodes' JSON-RPC shows it: accounts, trust lines, NFTs, one validated ledger after each act."""

PAGE = 400


class XRPLedger:
    def __init__(self):
        self.index = 90_000_000
        self.drops = {}
        # (account, issuer, currency) → balance as the account sees it.
        self.lines = {}
        self.tokens = []

    def fund(self, account, drops=20_000_000):
        self.drops[account] = drops
        self.index += 1

    def set_line(self, account, issuer, currency, balance):
        for name in (account, issuer):
            self.drops.setdefault(name, 20_000_000)
        self.lines[account, issuer, currency] = balance
        self.index += 1

    def mint_token(self, account, issuer, taxon):
        self.drops.setdefault(account, 20_000_000)
        self.tokens.append({"owner": account, "Issuer": issuer, "NFTokenTaxon": taxon, "NFTokenID": f"{len(self.tokens):064X}"})
        self.index += 1
        return self.tokens[-1]["NFTokenID"]

    def move_token(self, token, account):
        for item in self.tokens:
            if item["NFTokenID"] == token:
                item["owner"] = account
        self.index += 1

    def answer(self, request, fault):
        """The body of an answer, as the fault bends it."""
        name = fault.get("fault")
        if name == "error":
            return {"result": {"status": "error", "error": "internal", "error_code": 73}}
        if name == "null":
            return {"result": None}
        params = request["params"][0]
        index = fault.get("slot", self.index)
        head = {"ledger_index": index, "validated": name != "stale"}
        account = params["account"]
        if account not in self.drops:
            return {"result": {**head, "status": "error", "error": "actNotFound", "error_code": 19}}
        result = {**head, "status": "success", "account": account}
        if request["method"] == "account_info":
            result["account_data"] = {"Account": account, "Balance": str(self.drops[account])}
        elif request["method"] == "account_lines":
            lines = [
                {"account": issuer, "currency": currency, "balance": balance, "limit": "1000000000"}
                for (owner, issuer, currency), balance in self.lines.items()
                if owner == account and (issuer == params["peer"] or name == "lie")
            ]
            self._page(result, "lines", [] if name == "nothing" else lines, params)
        elif request["method"] == "account_nfts":
            items = [{k: v for k, v in item.items() if k != "owner"} for item in self.tokens if item["owner"] == account]
            self._page(result, "account_nfts", [] if name == "nothing" else items, params)
        else:
            return {"result": {"status": "error", "error": "unknownCmd", "error_code": 32}}
        return {"result": result}

    def _page(self, result, name, items, params):
        start, limit = int(params.get("marker", 0)), min(params.get("limit", PAGE), PAGE)
        result[name] = items[start : start + limit]
        if start + limit < len(items):
            result["marker"] = str(start + limit)
