// Rooms for holders as a whole: a wallet that signs, a real ledger, a server that asks it, the page.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Ledger, skipLedger } from './ledger.mjs';
import { Server, inRoom } from './server.mjs';
import { TestWallet } from './wallet.mjs';

const WHOLE = 1_000_000;

describe('a room for holders, on a ledger', { skip: skipLedger() }, () => {
    let ledger, front, server, browser, ann, mint, stranger;
    before(async () => {
        [ledger, front] = await Promise.all([Ledger.start(), Front.start()]);
        server = await Server.start({ isDev: false, settings: {
            WALLET_ORIGINS: front.base, LIMITS_SIGN_INS: 0, SOLANA_RPC: ledger.node('a'), SOLANA_REQUESTS_PER_SECOND: 0,
            GATES_CACHE_MS: 0, GATES_SWEEP_MS: 500, GATES_RECHECK_MS: 200, GATES_TIMEOUT_MS: 500, GATES_CHECKS: 0,
        } });
        front.to(server);
        browser = await Browser.start();
        ann = server.person('Ann Berg');
        mint = await ledger.act('create_mint', { decimals: 6, program: 'spl-token' });
        stranger = await ledger.act('wallet', { lamports: 0 });
    });
    after(async () => {
        await browser?.close();
        await front?.close();
        await server?.close();
        await ledger?.close();
    });

    /** Somebody's wallet on the ledger, with so many whole tokens. */
    async function holder(name, tokens) {
        const wallet = new TestWallet(name);
        await ledger.act('import_wallet', { seed: wallet.seed.toString('hex') });
        if (tokens) await ledger.mint(mint, wallet, tokens * WHOLE);
        return wallet;
    }

    const choose = (page, name, value) => page.run((field, wanted) => {
        const select = document.querySelector(`dialog [name=${field}]`);
        select.value = wanted;
        select.dispatchEvent(new Event('change', { bubbles: true }));
    }, name, value);
    const put = async (page, name, text) => {
        await page.run(field => { const input = document.querySelector(`dialog [name=${field}]`); input.focus(); input.select(); }, name);
        await page.type(text);
        await page.run(field => document.querySelector(`dialog [name=${field}]`).dispatchEvent(new Event('change', { bubbles: true })), name);
    };
    const signedIn = async wallet => {
        const page = await browser.open(front.base, { scripts: [wallet.script()] });
        page.expects = /gate|rooms/;
        await page.press(`Sign in with ${wallet.name}`);
        await page.until('the rooms', () => document.querySelector('.dot.is-live'));
        return page;
    };
    const goTo = (page, room) => page.run(id => { location.hash = `#/${id}`; }, room);
    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };
    /** The owner's window, in a room made there for who holds so many tokens. */
    async function made(name, amount) {
        const page = await browser.open(`${front.base}/#token=${ann.token}`);
        page.expects = /gate|rooms/;
        // The list's own: the one in the middle goes as soon as the newest room is shown there.
        await page.click('.rail [aria-label="Create a room"]');
        await page.finds('dialog [name=name]');
        await page.type(name);
        await choose(page, 'type', 'token');
        await put(page, 'mint', mint);
        await put(page, 'amount', amount);
        await page.press('Create');
        await page.until('the new room', wanted => document.querySelector('.room-title bdi')?.innerText === wanted, name);
        await inRoom(page);
        return { page, room: await page.run(() => location.hash.slice(2)) };
    }

    test('made in the page, entered by who holds enough, and left within the bound by who sells, while others talk on', async () => {
        const { page: owner, room } = await made('Holders', '100.5');
        const info = await server.call('GET', `rooms/${room}`, undefined, ann);
        assert.deepEqual([info.type, info.access_token_mint, info.access_token_min_amount, info.locked], ['token_gated', mint, '100500000', false]);
        const open = await server.room(ann, { name: 'Open house' });
        const [seller, keeper] = [await holder('Seller', 60), await holder('Keeper', 200)];
        const [bob, cy] = [await signedIn(seller), await signedIn(keeper)];
        await goTo(cy, room);
        await inRoom(cy);
        await goTo(bob, open);
        await inRoom(bob);

        await goTo(bob, room);
        await bob.has('This room is for holders of a token');
        await bob.has('At least 100.5 of the token');
        await bob.has('You hold 60');
        await ledger.mint(mint, seller, 40_500_000);
        await bob.press('Check again');
        await inRoom(bob);
        await bob.say('I am in');
        await cy.has('I am in');

        await ledger.act('transfer', { mint, source: seller.address, target: stranger, amount: 1 });
        await bob.has('You are no longer in this room');
        await bob.has('You hold 100.499999');
        await cy.say('We talk on');
        await owner.has('We talk on');
        await server.say(ann, open, 'And here as well');
        await bob.until('the other room', () => document.querySelector('.rail').innerText.includes('And here as well'));
        await ledger.mint(mint, seller, 1);
        await bob.press('Check again');
        await bob.has('We talk on');
        await close(owner, bob, cy);
    });

    test('without a wallet the door asks for one, and links it', async () => {
        const { page: owner, room } = await made('Linked', '1');
        const wallet = await holder('Own Wallet', 2);
        const person = server.person('Dora Dietz');
        const page = await browser.open(`${front.base}/#token=${person.token}`, { scripts: [wallet.script()] });
        page.expects = /gate|rooms/;
        await page.finds('.rail');
        await goTo(page, room);
        await page.has('This room asks for a wallet');
        await page.press('Your wallets…');
        await page.has('None yet.');
        await page.press('Link Own Wallet');
        await page.finds('dialog .address');
        await page.key('Escape');
        await inRoom(page);
        await close(owner, page);
    });

    test('while no node answers the door stays closed, and opens by itself', async t => {
        const { page: owner, room } = await made('Patience', '1');
        const page = await signedIn(await holder('Patient', 2));
        await ledger.act('fault', { node: 'a', fault: 'server_error' });
        t.after(() => ledger.act('fault', { node: 'a' }));
        await goTo(page, room);
        await page.has('What you hold cannot be checked now');
        await page.has('Trying again in');
        await ledger.act('fault', { node: 'a' });
        await inRoom(page);
        await close(owner, page);
    });

    test('an owner who asks for more sees whom that costs the room, and they go', async () => {
        const { page: owner, room } = await made('Stricter', '1');
        const page = await signedIn(await holder('Little', 2));
        await goTo(page, room);
        await inRoom(page);
        const name = await page.run(() => document.querySelector('.me-name').innerText);
        await owner.press('Room menu');
        await owner.press('Room settings…');
        await owner.until('the amount', () => document.querySelector('dialog [name=amount]')?.value === '1');
        await put(owner, 'amount', '2.5');
        await owner.press('Save');
        await owner.has('1 member would lose access');
        await owner.has(name);
        await owner.has('Holds 2');
        await owner.press('Save all the same');
        await owner.findsNot('dialog');
        await page.has('You are no longer in this room');
        await page.has('At least 2.5 of the token');
        await close(owner, page);
    });
});
