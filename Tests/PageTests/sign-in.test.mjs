// Signing in at the server itself: by a wallet that signs for real, by a code; keeping and ending it.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Server, inRoom, skip } from './server.mjs';
import { TestWallet } from './wallet.mjs';

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const kept = page => page.run(() => JSON.parse(localStorage.getItem('stoa.sign-in')));
const isIn = page => page.until('the rooms', () => document.querySelector('.dot.is-live'));
const mood = (page, wallet, what) => page.run((name, value) => { window.testWallets[name].mood = value; }, wallet.name, what);
const close = async (...pages) => {
    for (const page of pages) {
        assert.deepEqual(page.errors, []);
        await page.close();
    }
};

describe('signing in', { skip }, () => {
    let front, server, browser, owner, room;
    before(async () => {
        front = await Front.start();
        server = await Server.start({ isDev: false, settings: { WALLET_ORIGINS: front.base, LIMITS_SIGN_INS: 0, AUTH_ACCESS_MS: 10_000, JWT_WARNING_MS: 3_000 } });
        front.to(server);
        browser = await Browser.start();
        owner = server.person('Olga Owner');
        room = await server.room(owner, { name: 'Algebra' });
    });
    after(async () => {
        await browser?.close();
        await front?.close();
        await server?.close();
    });

    /** A window of somebody who signed in with the wallet. */
    async function signedIn(wallet, { options, ...more } = {}) {
        const page = await browser.open(front.base, { scripts: [wallet.script(options)], ...more });
        await page.press(`Sign in with ${wallet.name}`);
        await isIn(page);
        return page;
    }

    test('a wallet that can sign in does; the person stays over a reload, and is the same in another window', async () => {
        const wallet = new TestWallet();
        const page = await browser.open(front.base, { scripts: [wallet.script()] });
        await page.finds('.wallet img');
        await picture(page, 'sign-in-wallet-wide');
        await page.press('Sign in with Test Wallet');
        await isIn(page);
        const { user } = await kept(page);
        assert.match(user.id, /^wallet_/);
        await page.has(user.name);
        assert.deepEqual(await page.run(() => window.testWallets['Test Wallet'].asked), ['signIn']);
        await page.reload();
        await isIn(page);
        await page.has(user.name);
        const other = await browser.open(front.base, { profile: page.profile });
        await isIn(other);
        await other.has(user.name);
        assert.equal((await wallet.signIn(front.base)).user.id, user.id);
        await close(other, page);
    });

    test('a wallet that only signs messages does as well, also when it announces itself late', async () => {
        const wallet = new TestWallet('Late Wallet');
        const page = await browser.open(front.base, { scripts: [wallet.script({ features: ['signMessage'], isLate: true })] });
        await page.has('No wallet for Solana was found');
        await page.run(() => window.testWallets['Late Wallet'].announce());
        await page.press('Sign in with Late Wallet');
        await isIn(page);
        assert.deepEqual(await page.run(() => window.testWallets['Late Wallet'].asked), ['signMessage']);
        await close(page);
    });

    test('declining is told; giving up on a wallet that does not answer leaves it without a say', async () => {
        const wallet = new TestWallet();
        const page = await browser.open(front.base, { scripts: [wallet.script()] });
        await mood(page, wallet, 'declines');
        await page.press('Sign in with Test Wallet');
        await page.has('You declined in Test Wallet.');
        await mood(page, wallet, 'hangs');
        await page.press('Sign in with Test Wallet');
        await page.has('Look at Test Wallet');
        await page.until('the wallet to be asked', () => window.testWallets['Test Wallet'].wake);
        await picture(page, 'sign-in-waiting');
        await page.press('Cancel');
        await page.run(() => { window.testWallets['Test Wallet'].wake(); });
        await mood(page, wallet, 'willing');
        await page.finds('.wallet');
        assert.equal(await kept(page), null);
        await page.press('Sign in with Test Wallet');
        await isIn(page);
        await close(page);
    });

    test('what the server refuses is told with its request id', async () => {
        const wallet = new TestWallet();
        const page = await browser.open(front.base, { scripts: [wallet.script()] });
        page.expects = /wallet/;
        const end = front.on('POST', 'auth/wallet/verify', () => ({ status: 429, body: { code: 'rate_limited', detail: 'Too many tries from your network. Wait a while.', retry_after_ms: 60_000 } }));
        await page.press('Sign in with Test Wallet');
        await page.has('Too many tries from your network. Wait a while. (r_stub)');
        end();
        await close(page);
    });

    test('two windows renew once, before the token runs out, and stay in the room', async () => {
        const page = await signedIn(new TestWallet());
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await inRoom(page);
        const other = await browser.open(`${front.base}/#/${room}`, { profile: page.profile });
        await inRoom(other);
        const first = await kept(page);
        const refreshes = front.count('POST', 'auth/refresh');
        await page.until('the next token', token => JSON.parse(localStorage.getItem('stoa.sign-in')).access_token !== token, first.access_token);
        await page.until('the first one to be over', at => Date.now() > at, first.endsAt + 500);
        assert.equal(front.count('POST', 'auth/refresh') - refreshes, 1);
        await page.say('still here, one');
        await other.has('still here, one');
        await other.say('still here, two');
        await page.has('still here, two');
        await page.findsNot('.connection-bar');
        await close(other, page);
    });

    test('an answer that is lost costs no second try with a used token: one signs in again, in the same place', async t => {
        const wallet = new TestWallet();
        const page = await signedIn(wallet);
        page.expects = /refresh|./;
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await inRoom(page);
        await page.write('half a sentence');
        const end = front.on('POST', 'auth/refresh', () => 'cut');
        t.after(end);
        const refreshes = front.count('POST', 'auth/refresh');
        await page.until('the token to run out', () => Date.now() > JSON.parse(localStorage.getItem('stoa.sign-in')).endsAt);
        assert.equal(await page.run(() => document.querySelector('.dot').className), 'dot is-live');
        front.cut();
        await page.has('Signed out: your sign-in has expired.');
        assert.equal(front.count('POST', 'auth/refresh') - refreshes, 1);
        end();
        await page.press('Sign in again');
        await page.press('Sign in with Test Wallet');
        await inRoom(page);
        await page.findsNot('.connection-bar');
        assert.equal(await page.run(() => document.querySelector('.below .composer-input').value), 'half a sentence');
        await page.close();
    });

    test('a machine that wakes without a network renews when it is back, and keeps its place', async () => {
        const page = await signedIn(new TestWallet());
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await inRoom(page);
        const { access_token: before } = await kept(page);
        await page.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
        await page.until('the token to run out', () => Date.now() > JSON.parse(localStorage.getItem('stoa.sign-in')).endsAt + 300);
        await server.say(owner, room, 'You slept');
        await page.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
        await page.has('You slept');
        await page.findsNot('.connection-bar');
        assert.notEqual((await kept(page)).access_token, before);
        await page.close();
    });

    test('signing out ends it at the server and in every window of the browser', async () => {
        const page = await signedIn(new TestWallet());
        const other = await browser.open(front.base, { profile: page.profile });
        await isIn(other);
        const { refresh_token: refresh } = await kept(page);
        await page.click('.me');
        await page.press('Sign out');
        for (const one of [page, other]) await one.finds('.sign-in-card');
        assert.equal(await kept(page), null);
        await assert.rejects(server.call('POST', 'auth/refresh', { refresh_token: refresh }), /401/);
        await close(other, page);
    });

    test('signing in in one window signs in the others that ask', async () => {
        const wallet = new TestWallet();
        const waiting = await browser.open(front.base);
        await waiting.finds('.sign-in-card');
        const page = await signedIn(wallet, { profile: waiting.profile });
        await isIn(waiting);
        await close(waiting, page);
    });

    test('signing out everywhere reaches another browser', async () => {
        const wallet = new TestWallet();
        const [page, elsewhere] = [await signedIn(wallet), await signedIn(wallet)];
        elsewhere.expects = /./;
        await page.click('.me');
        await page.press('Sign out everywhere…');
        await page.has('Every window and device');
        await page.press('Sign out');
        await page.finds('.sign-in-card');
        await elsewhere.has('Signed out: your sign-in was revoked.');
        await close(page);
        await elsewhere.close();
    });

    test('your wallets: another is linked, one that is somebody else’s is not, and one is taken off by the other', async () => {
        const [wallet, second, stranger] = [new TestWallet(), new TestWallet('Second Wallet'), new TestWallet('Stranger Wallet')];
        await stranger.signIn(front.base);
        const page = await signedIn(wallet, { scripts: [wallet, second, stranger].map(one => one.script()) });
        page.expects = /wallets$/;
        const rows = () => page.run(() => [...document.querySelectorAll('dialog .address')].map(one => one.textContent));
        await page.click('.me');
        await page.press('Your wallets…');
        await page.finds('dialog .address');
        await page.press('Link Second Wallet');
        await page.until('both', () => document.querySelectorAll('dialog .address').length === 2);
        assert.deepEqual(await rows(), [wallet.short, second.short]);
        await picture(page, 'wallets-wide');
        await page.press('Link Stranger Wallet');
        await page.until('the refusal', () => document.querySelector('dialog .problem').innerText.length > 0);
        await page.press(`Remove ${wallet.short}…`);
        await page.press('Sign with Second Wallet');
        await page.until('one', () => document.querySelectorAll('dialog .address').length === 1);
        assert.deepEqual(await rows(), [second.short]);
        await page.press(`Remove ${second.short}…`);
        await page.press('Sign with Second Wallet');
        await page.until('the refusal', () => document.querySelector('dialog .problem').innerText.length > 0);
        await page.key('Escape');
        await page.findsNot('dialog');
        assert.ok(await page.run(() => document.activeElement.matches('.me')), 'the focus goes back');
        await close(page);
    });

    test('every control has a name, nothing is wider than the screen, in both themes', async () => {
        const end = front.on('GET', 'auth/methods', () => ({ body: { wallet: ['solana', 'xrpl'], email: true, guest: false } }));
        const page = await browser.open(front.base, { width: 360, height: 740, isTouch: true, scripts: [new TestWallet('A wallet with quite a long name, as some have').script()] });
        await page.finds('input[type=email]');
        await page.press('Sign in with a token');
        await page.until('the field', () => document.activeElement.name === 'token');
        for (const isDark of [false, true]) {
            await page.colours(isDark);
            // Nothing of the card lies outside: cut off it would not even scroll.
            assert.deepEqual(await page.run(() => [...document.querySelectorAll('.sign-in *')].filter(one => { const box = one.getBoundingClientRect(); return box.left < 0 || box.right > innerWidth; }).map(one => one.className)), []);
            await picture(page, `sign-in-ways-narrow-${isDark ? 'dark' : 'light'}`);
        }
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        const nameless = nodes.filter(node => !node.ignored && /^(button|link|textbox)$/.test(node.role?.value) && !node.name?.value);
        assert.deepEqual(nameless.map(node => node.role.value), []);
        end();
        await close(page);
    });

    describe('by a code', () => {
        let ends, sent;
        before(() => {
            sent = [];
            const person = new TestWallet();
            ends = [
                front.on('GET', 'auth/methods', () => ({ body: { wallet: [], email: true, guest: false } })),
                front.on('POST', 'auth/email', ({ body }) => { sent.push(body.address); return { status: 202 }; }),
                front.on('POST', 'auth/email/verify', async ({ body }) => body.code === '123456' && body.address === sent.at(-1)
                    ? { body: await person.signIn(front.base) } : { status: 403, body: { code: 'code_invalid', field: 'code', detail: 'This is not the code that was sent last.' } }),
            ];
        });
        after(() => ends.forEach(end => end()));

        test('the address, then six digits as one pastes them; a wrong one is told and can be mended', async () => {
            const page = await browser.open(front.base);
            page.expects = /email/;
            await page.click('input[type=email]');
            await page.type('ann@example.org');
            await page.key('Enter');
            await page.has('We sent a code to ann@example.org.');
            assert.deepEqual(sent, ['ann@example.org']);
            await page.until('the field', () => document.activeElement.name === 'code');
            assert.equal(await page.run(() => document.activeElement.autocomplete), 'one-time-code');
            await page.has('Send again in');
            assert.ok(await page.run(() => [...document.querySelectorAll('button')].find(one => one.innerText.startsWith('Send again')).disabled));
            await picture(page, 'sign-in-code');
            await page.type('999 999');
            await page.has('This is not the code that was sent last.');
            await page.type('123-456');
            await isIn(page);
            assert.match((await kept(page)).user.id, /^wallet_/);
            await close(page);
        });

        test('too many codes: when to try again; another address is possible', async () => {
            const page = await browser.open(front.base);
            page.expects = /email/;
            const end = front.on('POST', 'auth/email', ({ body }) => body.address === 'busy@example.org' ? { status: 429, body: { code: 'rate_limited', detail: 'Too many codes were asked for.', retry_after_ms: 90_000 } } : null);
            await page.click('input[type=email]');
            await page.type('busy@example.org');
            await page.press('Send a code');
            await page.has('Too many codes were asked for. (r_stub) Try again in 2 min.');
            await page.type('free@example.org');
            await page.press('Send a code');
            await page.has('We sent a code to free@example.org');
            await page.press('Use another address');
            assert.equal(await page.run(() => document.activeElement.value), 'free@example.org');
            end();
            await close(page);
        });
    });
});

describe('signing in on a server for trying', { skip }, () => {
    let server, browser;
    before(async () => {
        server = await Server.start({ settings: { LIMITS_SIGN_INS: 0 } });
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('a guest becomes who they are, and a guest again after signing out', async () => {
        const wallet = new TestWallet();
        const page = await browser.open(server.link, { scripts: [wallet.script()] });
        await inRoom(page);
        await page.click('.me');
        await page.press('Sign in…');
        await page.until('the wallet to have the focus', () => document.activeElement.innerText === 'Sign in with Test Wallet');
        await page.key('Enter');
        await page.until('the wallet’s person', () => document.querySelector('.me-name')?.innerText.includes('…') && document.querySelector('.dot.is-live'));
        await page.findsNot('.own-name');
        await page.click('.me');
        await page.press('Sign out');
        await page.finds('.own-name');
        // The printed link is for guests, also beside somebody who signed in.
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});
