// A wallet for tests: a real Ed25519 key, offered to the page by the Wallet Standard as extensions do, or used here.

import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes) {
    let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    let text = '';
    for (; number > 0n; number /= 58n) text = ALPHABET[Number(number % 58n)] + text;
    return '1'.repeat(bytes.findIndex(byte => byte !== 0)) + text;
}

export class TestWallet {
    constructor(name = 'Test Wallet', seed = randomBytes(32)) {
        const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
        const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
        Object.assign(this, { name, key, seed, publicKey, address: base58(publicKey) });
    }

    get short() { return `${this.address.slice(0, 4)}…${this.address.slice(-4)}`; }

    /**
     * What puts it into a page. `features`: `signIn`, `signMessage`; `isLate`: it announces itself when
     * `testWallets[name].announce()` is called. `testWallets[name].mood`: `willing`, `declines`, `hangs`.
     */
    script({ features = ['signIn', 'signMessage'], isLate = false } = {}) {
        const facts = { name: this.name, address: this.address, pkcs8: [...PKCS8, ...this.seed], publicKey: [...this.publicKey], features, isLate };
        return `(${inPage})(${JSON.stringify(facts)})`;
    }

    /** Signs in without a page; the answer has the tokens. */
    async signIn(base) {
        const post = async (path, body) => {
            const response = await fetch(`${base}/api/v1/auth/wallet/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', Origin: base }, body: JSON.stringify(body) });
            const answer = await response.json();
            if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
            return answer;
        };
        const { text } = await post('challenge', { chain: 'solana', address: this.address });
        const bytes = Buffer.from(text);
        return post('verify', { chain: 'solana', address: this.address, signed_message: bytes.toString('base64'), signature: sign(null, bytes, this.key).toString('base64') });
    }
}

/** Runs in the page, before its scripts. */
function inPage({ name, address, pkcs8, publicKey, features, isLate }) {
    const state = { mood: 'willing', asked: [] };
    let key = null;
    const signed = async message => {
        key ??= await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), 'Ed25519', false, ['sign']);
        if (state.mood === 'declines') throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
        if (state.mood === 'hangs') await new Promise(go => { state.wake = go; });
        return { signedMessage: message, signature: new Uint8Array(await crypto.subtle.sign('Ed25519', key, message)) };
    };
    const account = { address, publicKey: new Uint8Array(publicKey), chains: ['solana:mainnet'], features: features.map(one => `solana:${one}`) };
    const textOf = input => [
        `${input.domain} wants you to sign in with your Solana account:\n${address}`,
        ...input.statement ? [`\n${input.statement}`] : [], '',
        `URI: ${input.uri}`, `Version: ${input.version}`, `Chain ID: ${input.chainId}`, `Nonce: ${input.nonce}`, `Issued At: ${input.issuedAt}`,
        `Expiration Time: ${input.expirationTime}`, `Request ID: ${input.requestId}`, ...input.resources ? ['Resources:', ...input.resources.map(one => `- ${one}`)] : [],
    ].join('\n');
    const abilities = {
        signIn: { version: '1.0.0', signIn: async input => { state.asked.push('signIn'); return [{ account, ...await signed(new TextEncoder().encode(textOf(input))) }]; } },
        signMessage: { version: '1.0.0', signMessage: async ({ message }) => { state.asked.push('signMessage'); return [await signed(message)]; } },
    };
    const wallet = {
        version: '1.0.0', name, icon: 'data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA4IDgiPjxyZWN0IHdpZHRoPSI4IiBoZWlnaHQ9IjgiIHJ4PSIyIiBmaWxsPSIjNTQzNGE1Ii8+PC9zdmc+',
        chains: ['solana:mainnet', 'solana:devnet'], accounts: [],
        features: { 'standard:connect': { version: '1.0.0', connect: async () => { wallet.accounts = [account]; return { accounts: [account] }; } }, ...Object.fromEntries(features.map(one => [`solana:${one}`, abilities[one]])) },
    };
    state.announce = () => {
        const register = api => api.register(wallet);
        window.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
        window.addEventListener('wallet-standard:app-ready', event => register(event.detail));
    };
    (window.testWallets ??= {})[name] = state;
    if (!isLate) state.announce();
}
