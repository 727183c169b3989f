// The wallets of this browser as buttons: one presses the one that is to sign.

import { h, fill, icon, button } from './dom.js';
import { installedWallets, onWallets } from './wallets.js';

/**
 * `label(name)` is what a button says; `run(wallet)` asks the wallet. While one is asked the others wait, and the person
 * may give up: what a wallet says after that counts for nothing, which `run` learns from `isCurrent()`.
 */
export function walletButtons({ label, run }) {
    let serial = 0;
    let asked = null;
    const list = h('div', { class: 'wallet-list' });
    const ask = async wallet => {
        const mine = ++serial;
        asked = wallet;
        draw();
        list.querySelector('button')?.focus();
        const isCurrent = () => mine === serial;
        await run(wallet, isCurrent);
        if (isCurrent()) stop();
    };
    const stop = () => {
        serial++;
        asked = null;
        draw();
    };
    const draw = () => fill(list, asked ? waiting(asked, stop) : choices(label, ask));
    // One that announces itself late is added; a list that was taken off the page is forgotten with its listener.
    const off = onWallets(() => { if (!list.isConnected) off(); else if (!asked) draw(); });
    draw();
    return list;
}

const waiting = (wallet, stop) => h('p', { class: 'wallet-wait', role: 'status' },
    h('span', null, `Look at ${wallet.name}: it asks you to sign. This moves no funds and costs nothing.`), button('Cancel', stop));

function choices(label, ask) {
    const wallets = installedWallets();
    if (!wallets.length) {
        return h('p', { class: 'note' }, 'No wallet for Solana was found in this browser. Install one, or open this page in the wallet’s own browser.');
    }
    return wallets.map(wallet => h('button', { type: 'button', class: 'button wallet', onclick: () => ask(wallet) },
        picture(wallet), h('bdi', null, label(wallet.name))));
}

/** Wallets bring their picture along, as a data address; nothing is fetched for one. */
const picture = wallet => /^data:image\/(svg\+xml|png|webp|gif)[;,]/.test(wallet.icon ?? '')
    ? h('img', { src: wallet.icon, alt: '', width: '20', height: '20' }) : icon('wallet');
