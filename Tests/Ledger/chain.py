"""A Solana ledger in memory: LiteSVM running the real system, token, Token-2022 and associated-token programs."""

import struct

from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.litesvm import LiteSVM
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import Transaction
from solders.transaction_metadata import FailedTransactionMetadata

PROGRAMS = {
    "spl-token": Pubkey.from_string("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
    "spl-token-2022": Pubkey.from_string("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
}
ASSOCIATED = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
SYSTEM = Pubkey.from_string("11111111111111111111111111111111")
MINT_BYTES = 82
ACCOUNT_BYTES = 165


def writable(key, signs=False):
    return AccountMeta(key, signs, True)


def readable(key, signs=False):
    return AccountMeta(key, signs, False)


class Chain:
    """Acts are transactions that the programs themselves judge; each moves the slot on by one."""

    def __init__(self):
        self.svm = LiteSVM()
        self.treasury = Keypair()
        self.svm.airdrop(self.treasury.pubkey(), 100_000_000_000_000)
        self.keys = {}
        self.programs = {}
        # Token accounts by address, and by the owner that they were made for.
        self.accounts = {}
        self.owned = {}
        self.slot = 1000
        self.svm.warp_to_slot(self.slot)

    def set_slot(self, slot):
        self.slot = slot
        self.svm.warp_to_slot(slot)

    def wallet(self, lamports=0):
        key = Keypair()
        address = str(key.pubkey())
        self.keys[address] = key
        if lamports and isinstance(self.svm.airdrop(key.pubkey(), lamports), FailedTransactionMetadata):
            raise ValueError("fewer lamports than an account needs to exist")
        return address

    def import_wallet(self, seed):
        """A wallet whose key somebody else has too, from its seed in hexadecimal digits."""
        key = Keypair.from_seed(bytes.fromhex(seed))
        self.keys[str(key.pubkey())] = key
        return str(key.pubkey())

    def create_mint(self, decimals=0, program="spl-token"):
        mint, owner = Keypair(), PROGRAMS[program]
        authority = bytes(self.treasury.pubkey())
        body = bytes([20, decimals]) + authority + b"\x01" + authority
        self._send([self._create(mint, MINT_BYTES, owner), Instruction(owner, body, [writable(mint.pubkey())])], mint)
        self.programs[str(mint.pubkey())] = owner
        return str(mint.pubkey())

    def account(self, mint, owner, fresh=False):
        """The owner's associated account of a mint, or a further one."""
        program = self.programs[mint]
        mint_key, owner_key = Pubkey.from_string(mint), Pubkey.from_string(owner)
        if fresh:
            account = Keypair()
            start = Instruction(program, b"\x12" + bytes(owner_key), [writable(account.pubkey()), readable(mint_key)])
            self._send([self._create(account, ACCOUNT_BYTES, program), start], account)
            self._note(account.pubkey(), owner)
            return account.pubkey()
        account, _ = Pubkey.find_program_address([bytes(owner_key), bytes(program), bytes(mint_key)], ASSOCIATED)
        if account not in self.accounts:
            metas = [writable(self.treasury.pubkey(), True), writable(account), readable(owner_key)]
            metas += [readable(mint_key), readable(SYSTEM), readable(program)]
            self._send([Instruction(ASSOCIATED, b"\x01", metas)])
            self._note(account, owner)
        return account

    def _note(self, account, owner):
        self.accounts[account] = owner
        self.owned.setdefault(owner, []).append(account)

    def crowd(self, count, mint=None, amount=1):
        """Wallets of which each holds so much."""
        wallets = [self.wallet() for _ in range(count)]
        for wallet in wallets if mint else []:
            self.mint(mint, wallet, amount)
        return wallets

    def mint(self, mint, owner, amount, fresh=False):
        account = self.account(mint, owner, fresh)
        metas = [writable(Pubkey.from_string(mint)), writable(account), readable(self.treasury.pubkey(), True)]
        self._send([Instruction(self.programs[mint], struct.pack("<BQ", 7, amount), metas)])
        return str(account)

    def transfer(self, mint, source, target, amount):
        key, mint_key = self.keys[source], Pubkey.from_string(mint)
        data = struct.pack("<BQB", 12, amount, self.svm.get_account(mint_key).data[44])
        metas = [writable(self.account(mint, source)), readable(mint_key), writable(self.account(mint, target))]
        self._send([Instruction(self.programs[mint], data, metas + [readable(key.pubkey(), True)])], key)

    def burn(self, mint, owner, amount):
        key = self.keys[owner]
        metas = [writable(self.account(mint, owner)), writable(Pubkey.from_string(mint)), readable(key.pubkey(), True)]
        self._send([Instruction(self.programs[mint], struct.pack("<BQ", 8, amount), metas)], key)

    def freeze(self, mint, owner):
        metas = [writable(self.account(mint, owner)), readable(Pubkey.from_string(mint))]
        self._send([Instruction(self.programs[mint], b"\x0a", metas + [readable(self.treasury.pubkey(), True)])])

    def delegate(self, mint, owner, to, amount):
        key = self.keys[owner]
        metas = [writable(self.account(mint, owner)), readable(Pubkey.from_string(to)), readable(key.pubkey(), True)]
        self._send([Instruction(self.programs[mint], struct.pack("<BQ", 4, amount), metas)], key)

    def token_accounts(self, owner, mint=None, program=None):
        """What getTokenAccountsByOwner finds: address, account."""
        owner_key = bytes(Pubkey.from_string(owner))
        for address in self.owned.get(owner, []):
            account = self.svm.get_account(address)
            if account is None or bytes(account.data[32:64]) != owner_key:
                continue
            if mint is not None and bytes(account.data[:32]) != bytes(Pubkey.from_string(mint)):
                continue
            if program is not None and str(account.owner) != program:
                continue
            yield str(address), account

    def get(self, address):
        return self.svm.get_account(Pubkey.from_string(address))

    def _create(self, account, size, owner):
        lamports = self.svm.minimum_balance_for_rent_exemption(size)
        return create_account(
            CreateAccountParams(
                from_pubkey=self.treasury.pubkey(), to_pubkey=account.pubkey(), lamports=lamports, space=size, owner=owner
            )
        )

    def _send(self, instructions, *signers):
        blockhash: Hash = self.svm.latest_blockhash()
        transaction = Transaction.new_signed_with_payer(
            instructions, self.treasury.pubkey(), [self.treasury, *signers], blockhash
        )
        outcome = self.svm.send_transaction(transaction)
        # The same act twice would be the same transaction, which a ledger takes once.
        self.svm.expire_blockhash()
        if isinstance(outcome, FailedTransactionMetadata):
            raise ValueError(str(outcome.err()))
        self.set_slot(self.slot + 1)
