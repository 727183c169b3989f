// "Your wallets": which ones are mine, linking another, taking one off.

import { skeleton } from './blank.js';
import { h, fill, icon, button, announce } from './dom.js';
import { ago } from './format.js';
import { openDialog, sentence, toast } from './overlay.js';
import { walletButtons } from './wallet-list.js';
import { prove, shortAddress } from './wallets.js';

const LEDGERS = { solana: 'Solana', xrpl: 'XRP Ledger' };

/** Resolves with whether a wallet was linked or taken off. */
export function openWallets(workspace) {
    const { api } = workspace;
    let isChanged = false;
    return openDialog('Your wallets', () => {
        const list = h('ul', { class: 'plain-list' }, h('li', null, skeleton(1)));
        const problem = h('p', { class: 'problem', role: 'alert' });
        const changed = async words => {
            isChanged = true;
            toast(words);
            await load();
        };
        /** Asks a wallet to sign for `purpose`, then the server with what it signed. */
        const signed = (purpose, send) => async (wallet, isCurrent) => {
            fill(problem);
            try {
                const proof = await prove(wallet, api, purpose);
                if (isCurrent()) await send(proof);
            } catch (error) { if (isCurrent()) fill(problem, sentence(error)); }
        };
        const load = async () => {
            try {
                const { wallets } = await api.get('auth/wallets');
                fill(list, wallets.length ? wallets.map(wallet => row(wallet, { api, signed, changed }))
                    : h('li', { class: 'note' }, 'None yet. A wallet shows rooms for holders what you hold; where the server signs you in, it does that too.'));
            } catch (error) { fill(list, h('li', { class: 'side-note' }, sentence(error), ' ', button('Try again', load, 'is-link'))); }
        };
        const link = walletButtons({
            label: name => `Link ${name}`,
            run: signed('link', async proof => {
                const wallet = await api.post('auth/wallets', proof);
                await changed(`${shortAddress(wallet.address)} is linked.`);
            }),
        });
        load();
        return [list, problem, h('hr'), h('h3', { class: 'group-title' }, 'Link another'), h('p', { class: 'note' }, 'Choose the account in your wallet first.'), link];
    }).then(() => isChanged);
}

function row(wallet, { api, signed, changed }) {
    const name = shortAddress(wallet.address);
    const more = h('div', { class: 'wallet-more', hidden: true });
    const ask = button('Remove…', () => {
        more.hidden = !more.hidden;
        ask.setAttribute('aria-expanded', String(!more.hidden));
        if (more.hidden) return fill(more);
        const sign = walletButtons({
            label: one => `Sign with ${one}`,
            run: signed('unlink', async proof => {
                await api.call('DELETE', 'auth/wallets', { ...proof, wallet: { chain: wallet.chain, address: wallet.address } });
                await changed(`${name} is no longer linked.`);
            }),
        });
        fill(more, h('p', { class: 'note' }, `To take ${name} off, sign with it or with another of your wallets.`), sign);
        announce(`Sign with one of your wallets to remove ${name}.`);
    });
    ask.setAttribute('aria-expanded', 'false');
    ask.setAttribute('aria-label', `Remove ${name}…`);
    return h('li', { class: 'card' }, h('div', { class: 'wallet-row' }, icon('wallet'),
        h('span', { class: 'card-text' }, h('b', { class: 'address', title: wallet.address }, name), h('small', null, `${LEDGERS[wallet.chain] ?? wallet.chain} · linked ${ago(wallet.linked_at)}`,
            wallet.used_at ? ` · used ${ago(wallet.used_at)}` : null)), ask), more);
}
