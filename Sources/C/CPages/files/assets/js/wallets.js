// Wallets of this browser, by the Wallet Standard: they announce themselves, before this page or after. A wallet signs a
// text that the server made; its bytes and the signature are the proof.

import { StoaError } from '../../client/stoa.js';

const CHAIN = 'solana';
const SIGN_IN = 'solana:signIn';
const SIGN_MESSAGE = 'solana:signMessage';
/** What wallets throw when the person says no (EIP-1193, and what wallets make of it). */
const DECLINED = /reject|declin|denied|cancel/i;

const known = new Set();
const listeners = new Set();

const registry = Object.freeze({
    register(...wallets) {
        for (const wallet of wallets) known.add(wallet);
        for (const listener of listeners) listener();
        return () => {
            for (const wallet of wallets) known.delete(wallet);
            for (const listener of listeners) listener();
        };
    },
});

window.addEventListener('wallet-standard:register-wallet', event => event.detail?.(registry));
window.dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: registry }));

/** Those that can sign for a ledger that this page knows. */
export const installedWallets = () => [...known].filter(wallet =>
    (wallet.chains ?? []).some(chain => chain.startsWith(`${CHAIN}:`)) && (wallet.features?.[SIGN_IN] || wallet.features?.[SIGN_MESSAGE]));

/** Calls back whenever a wallet comes or goes; returns what ends that. */
export function onWallets(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));

/** Makes a proof that the person has the wallet: for `sign_in`, `link` or `unlink`. */
export async function prove(wallet, api, purpose = 'sign_in') {
    const ask = address => api.post('auth/wallet/challenge', { chain: CHAIN, purpose, ...address && { address } });
    const signIn = wallet.features[SIGN_IN];
    if (signIn) {
        const { challenge } = await ask();
        const [output] = await asked(wallet, () => signIn.signIn(inputFor(challenge)));
        return proof(output.account, output);
    }
    const account = await connected(wallet);
    const { text } = await ask(account.address);
    const message = new TextEncoder().encode(text);
    const [output] = await asked(wallet, () => wallet.features[SIGN_MESSAGE].signMessage({ account, message }));
    return proof(account, { signedMessage: message, ...output });
}

const proof = ({ address }, { signedMessage, signature }) =>
    ({ chain: CHAIN, address, signed_message: base64(signedMessage), signature: base64(signature) });

/** The server's fields under the names of the standard; what is not there must not be asked for. */
function inputFor({ domain, address, statement, uri, version, chain_id: chainId, nonce, issued_at: issuedAt, expiration_time: expirationTime, request_id: requestId, resources }) {
    const all = { domain, address, statement, uri, version, chainId, nonce, issuedAt, expirationTime, requestId, resources: resources?.length ? resources : null };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

async function connected(wallet) {
    const { accounts } = await asked(wallet, () => wallet.features['standard:connect']?.connect() ?? wallet);
    const account = (accounts ?? []).find(one => (one.chains ?? []).some(chain => chain.startsWith(`${CHAIN}:`)));
    if (!account) throw new StoaError({ code: 'wallet_failed', message: `${wallet.name} has shown no account.` });
    return account;
}

/** Whatever a wallet throws, in words. */
async function asked(wallet, action) {
    try { return await action(); } catch (error) {
        const isDeclined = error?.code === 4001 || DECLINED.test(error?.message ?? '');
        throw new StoaError({
            code: isDeclined ? 'wallet_declined' : 'wallet_failed',
            message: isDeclined ? `You declined in ${wallet.name}.` : `${wallet.name} did not sign: ${error?.message ?? 'it did not say why'}`,
        });
    }
}

/** "7xKX…gAsU": enough to tell one's own apart. */
export const shortAddress = address => address.length > 12 ? `${address.slice(0, 4)}…${address.slice(-4)}` : address;
