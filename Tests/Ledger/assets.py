"""What an indexer knows of NFTs, as the Digital Asset Standard's methods tell it: fakes and burnt ones included."""

INTERFACES = {"nft": "V1_NFT", "programmable": "ProgrammableNFT", "core": "MplCoreAsset", "compressed": "V1_NFT"}


class Assets:
    def __init__(self, chain):
        self.chain = chain
        self.items = {}

    def create(self, owner, collection=None, verified=True, kind="nft"):
        name = self.chain.wallet()
        grouping = []
        if collection is not None:
            grouping = [{"group_key": "collection", "group_value": collection, "verified": verified}]
        self.items[name] = {
            "interface": INTERFACES[kind],
            "id": name,
            "compression": {"compressed": kind == "compressed"},
            "grouping": grouping,
            "ownership": {"owner": owner, "frozen": False, "delegated": False, "ownership_model": "single"},
            "burnt": False,
        }
        return name

    def create_collection(self, name="Collection", interface="V1_NFT"):
        """A collection is an item itself."""
        address = self.create(self.chain.wallet())
        self.items[address]["interface"] = interface
        self.items[address]["content"] = {"metadata": {"name": name, "symbol": ""}}
        return address

    def change(self, asset, owner=None, burnt=None, verified=None):
        item = self.items[asset]
        if owner is not None:
            item["ownership"] = {**item["ownership"], "owner": owner}
        if burnt is not None:
            item["burnt"] = burnt
        if verified is not None:
            item["grouping"] = [{**group, "verified": verified} for group in item["grouping"]]

    def get(self, params):
        return self._shown(self.items.get(params["id"]), params)

    def batch(self, params):
        return [self._shown(self.items.get(name), params) for name in params["ids"]]

    def search(self, params):
        owner, grouping = params.get("ownerAddress"), params.get("grouping")
        found = []
        for item in self.items.values():
            groups = [(group["group_key"], group["group_value"]) for group in item["grouping"]]
            if owner is not None and item["ownership"]["owner"] != owner:
                continue
            if grouping is not None and tuple(grouping) not in groups:
                continue
            if params.get("burnt") is not None and item["burnt"] != params["burnt"]:
                continue
            found.append(self._shown(item, params))
        limit, page = min(params.get("limit", 1000), 1000), params.get("page", 1)
        part = found[(page - 1) * limit : page * limit]
        return {"total": len(part), "limit": limit, "page": page, "items": part}

    def _shown(self, item, params):
        options = params.get("options") or params.get("displayOptions") or {}
        if item is None or options.get("showUnverifiedCollections"):
            return item
        # As indexers do by default: only verified groups, without saying so.
        groups = [{k: v for k, v in g.items() if k != "verified"} for g in item["grouping"] if g["verified"]]
        return {**item, "grouping": groups}
