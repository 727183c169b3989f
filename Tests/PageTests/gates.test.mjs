// Rooms for holders, as the page shows them. The gate itself is played here: what a chain says is not this page's business.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Server, inRoom, skip } from './server.mjs';
import { TestWallet } from './wallet.mjs';

const MINT = new TestWallet().address;
const COLLECTION = new TestWallet().address;
const short = address => `${address.slice(0, 4)}…${address.slice(-4)}`;
const token = { token: { mint: MINT, min_amount: '100000000' } };
const nft = { nft: { collection: COLLECTION } };
const TOKENS = { [MINT]: { decimals: 6, supply: '1000000000000' } };

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

describe('rooms for holders', { skip }, () => {
    let front, server, browser, ann, bob, room, gates;
    before(async () => {
        front = await Front.start();
        server = await Server.start({ isDev: false, settings: { WALLET_ORIGINS: front.base, LIMITS_SIGN_INS: 0 } });
        front.to(server);
        browser = await Browser.start();
        front.on('GET', 'rooms/([^/]+)/gate', ({ match }) => gates.get(match[1])?.report() ?? null);
        front.on('POST', 'rooms/([^/]+)/gate/check', ({ match }) => gates.get(match[1])?.check() ?? null);
        front.on('GET', 'rooms/([^/]+)', async ({ match, headers }) => gates.has(match[1]) ? { body: gates.get(match[1]).dress(await (await fetch(`${server.base}/api/v1/rooms/${match[1]}`, { headers: { authorization: headers.authorization } })).json()) } : null);
        front.on('GET', 'rooms', async ({ headers }) => {
            const answer = await (await fetch(`${server.base}/api/v1/rooms?limit=30`, { headers: { authorization: headers.authorization } })).json();
            return { body: { ...answer, rooms: answer.rooms.map(one => gates.get(one.id)?.dress(one) ?? one) } };
        });
        // Gated joins of the real server are refused in the gate's stead, with what it would tell.
        front.rewrite = message => {
            const gate = gates.get(message.room?.id ?? message.room);
            if (!gate || message.type !== 'joined') return message;
            if (gate.refusal) return { type: 'error', id: message.id, field: null, request_id: `r_${message.id}`, details: {}, ...gate.refusal() };
            return { ...message, room: gate.dress(message.room) };
        };
    });
    after(async () => {
        await browser?.close();
        await front?.close();
        await server?.close();
    });
    beforeEach(async () => {
        gates = new Map();
        [ann, bob] = [server.person('Ann Berg'), server.person('Bob Okafor')];
        room = await server.room(ann, { name: 'Holders of proof' });
    });

    /** Puts a gate before the room; `checks` are the asker's. */
    function gate(condition, { refusal = null, verdict = 'no', checks = [], again, collections = {} } = {}) {
        const report = () => ({ body: { gate: condition, verdict, checks, tokens: TOKENS, collections } });
        const it = {
            refusal: refusal && (() => ({ message: 'You cannot enter.', details: { verdict, checks }, ...refusal })), report, check: again ?? report,
            dress: info => ({ ...info, type: 'token_gated', gate: condition, access_token_mint: null }),
        };
        gates.set(room, it);
        return it;
    }

    const arrive = async options => {
        const page = await browser.open(`${front.base}/#token=${bob.token}`, options);
        page.expects = /gate/;
        await page.finds('.rail, .main');
        await page.run(id => { location.hash = `#/${id}`; }, room);
        return page;
    };
    const leaves = page => page.run(() => [...document.querySelectorAll('.gate-leaf')].map(one => one.innerText.replace(/\s+/g, ' ').replaceAll(' :', ':').trim()));
    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };

    test('the door tells what is needed and what is held, in whole tokens, exactly', async () => {
        const checks = [
            { condition: token, verdict: 'no', held: '12500001', checked_at: Date.now() },
            { condition: nft, verdict: 'unknown', held: null, checked_at: Date.now() - 120_000, reason: 'timeout' },
            { condition: { native: { min_amount: '1500000000' } }, verdict: 'yes', held: '18446744073709551615', checked_at: Date.now() },
        ];
        gate({ any: [{ all: [token, nft] }, { not: { native: { min_amount: '1500000000' } } }] }, { refusal: { code: 'gate_token_balance' }, checks });
        const page = await arrive();
        await page.has('This room is for holders of a token');
        await page.has('of the token');
        await page.until('decimals', () => document.querySelector('.gate').innerText.includes('12.500001'));
        assert.deepEqual(await leaves(page), [
            `At least 100 of the token ${short(MINT)}: not met You hold 12.500001 · checked just now`,
            `An NFT of the collection ${short(COLLECTION)}: not known Nobody can say now: the chain did not answer in time · checked 2 min ago`,
            'Must not hold 1.5 SOL or more: not met You hold 18,446,744,073.709551615 SOL · checked just now',
        ]);
        await page.has('One of these:');
        await page.has('The owner is exempt.');
        await page.send('Browser.grantPermissions', { permissions: ['clipboardReadWrite', 'clipboardSanitizedWrite'], browserContextId: page.profile.browserContextId });
        await page.press('Copy the address of the token');
        await page.has('The address of the token is copied');
        assert.equal(await page.run(() => navigator.clipboard.readText()), MINT);
        await picture(page, 'gate-door-wide');
        await page.resize(360, 740, { isTouch: true });
        await page.colours(true);
        assert.equal(await page.run(() => document.documentElement.scrollWidth > innerWidth), false);
        await picture(page, 'gate-door-narrow-dark');
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        assert.deepEqual(nodes.filter(node => !node.ignored && /^(button|link|textbox)$/.test(node.role?.value) && !node.name?.value).length, 0);
        await close(page);
    });

    test('what one must not have is said at each condition, and a tick is always good', async () => {
        const [wallets, role] = [{ wallets: [MINT, COLLECTION] }, { role: 'moderator' }];
        const yes = { verdict: 'yes', held: null, checked_at: null };
        gate({ all: [{ not: { any: [nft, { all: [wallets, { not: token }] }] } }, { not: role }] }, { refusal: { code: 'gate_nft_missing' }, checks: [
            { condition: nft, verdict: 'no', held: '0', checked_at: Date.now() }, { condition: wallets, ...yes }, { condition: token, ...yes }, { condition: role, ...yes, verdict: 'no' }] });
        const page = await arrive();
        await page.until('the checks', () => document.querySelectorAll('.gate-leaf.is-good').length === 3);
        assert.deepEqual((await leaves(page)).map(one => one.replace(/ You hold.*/, '')), [
            `Must not hold an NFT of the collection ${short(COLLECTION)}: met`,
            'Must not have one of 2 named wallets: not met',
            `At least 100 of the token ${short(MINT)}: met`,
            'Must not have the role of moderator: met',
        ]);
        assert.deepEqual(await page.run(() => [...document.querySelectorAll('.gate-branch')].map(one => one.innerText)), ['All of these:', 'All of these:', 'One of these:']);
        await page.hasNot('Not this');
        await picture(page, 'gate-not-wide');
        await close(page);
    });

    test('an invitation says what it is worth: nothing, a part, or the way in', async () => {
        await server.call('PUT', `rooms/${room}/members/${bob.id}`, { role: 'moderator' }, ann).catch(() => {});
        const words = async condition => {
            gate(condition, { verdict: 'yes', checks: [] });
            const page = await browser.open(`${front.base}/#token=${ann.token}`);
            page.expects = /gate/;
            await page.finds('.rail, .main');
            await page.run(id => { location.hash = `#/${id}`; }, room);
            await inRoom(page);
            await page.press('Room menu');
            await page.press('Invite people…');
            await page.finds('dialog [name=span]');
            const answer = await page.run(() => [document.querySelector('dialog .note').innerText, Boolean(document.querySelector('dialog .inline-form'))]);
            await page.key('Escape');
            await close(page);
            return answer;
        };
        assert.deepEqual(await words(nft), [`A link brings people to the door. It opens nothing: this room is for holders of an NFT of the collection ${short(COLLECTION)}, invited or not.`, false]);
        assert.deepEqual(await words({ any: [nft, { invitation: true }] }), ['A link lets in whoever has it.', true]);
        assert.deepEqual(await words({ all: [nft, { invitation: true }] }), ['The rules of this room ask for an invitation: a link is one, for whoever has it. The rest of the rules they have to meet themselves.', true]);
        assert.deepEqual(await words({ not: { invitation: true } }), ['A link brings people to the door. It opens nothing: this room is for those who must not have an invitation, invited or not.', false]);
    });

    test('"check again" lets in who has it now; asked too often it says when', async () => {
        let isFull = true;
        const it = gate(token, {
            refusal: { code: 'gate_token_balance' }, checks: [{ condition: token, verdict: 'no', held: '0', checked_at: Date.now() }],
            again: () => {
                if (isFull) return { status: 429, body: { code: 'rate_limited', detail: 'Holdings are read again at most every few seconds.', retry_after_ms: 1_500 } };
                it.refusal = null;
                return { body: { gate: token, verdict: 'yes', checks: [{ condition: token, verdict: 'yes', held: '100000000', checked_at: Date.now() }], tokens: TOKENS } };
            },
        });
        const page = await arrive();
        await page.has('You hold none');
        await page.press('Check again');
        await page.has('at most every few seconds');
        await page.until('the button to wait', () => [...document.querySelectorAll('.gate button')].find(one => one.innerText.startsWith('Check again in')).disabled);
        isFull = false;
        await page.press('Check again');
        await inRoom(page);
        await page.finds('.room-title .room-lock');
        await page.press('Room menu');
        await page.press('Who may enter…');
        await page.until('the gate', wanted => document.querySelector('dialog .gate-leaf')?.innerText.includes(wanted), short(MINT));
        await page.key('Escape');
        await close(page);
    });

    test('a wallet is linked at the door, and looked at at once', async () => {
        const wallet = new TestWallet();
        let looks = 0;
        const it = gate(token, {
            refusal: { code: 'wallet_required' }, checks: [{ condition: token, verdict: 'no', held: null, checked_at: null }],
            again: () => { looks++; it.refusal = null; return { body: { gate: token, verdict: 'yes', checks: [], tokens: TOKENS } }; },
        });
        const page = await arrive({ scripts: [wallet.script()] });
        await page.has('This room asks for a wallet');
        await page.has('You have linked no wallet');
        await page.press('Your wallets…');
        await page.has('None yet.');
        await page.press('Link Test Wallet');
        await page.has(wallet.short);
        assert.equal(looks, 0);
        await page.key('Escape');
        await inRoom(page);
        assert.equal(looks, 1);
        await close(page);
    });

    test('when nobody can say it is tried again by itself, after what the server said', async () => {
        let tries = 0;
        let came;
        const second = new Promise(done => { came = done; });
        const it = gate(token, { refusal: { code: 'gate_unavailable' } });
        it.refusal = () => { if (++tries === 2) came(); return { code: 'gate_unavailable', message: 'The chain does not answer.', retry_after_ms: 1_200, details: { verdict: 'unknown', checks: [] } }; };
        const page = await arrive();
        await page.has('What you hold cannot be checked now');
        await page.has('Trying again in');
        await picture(page, 'gate-unavailable');
        await second;
        it.refusal = null;
        await inRoom(page);
        await close(page);
    });

    test('who is put out sees why, and the other rooms go on', async () => {
        const other = await server.room(ann, { name: 'Open house' });
        const it = gate(token, { verdict: 'no', checks: [{ condition: token, verdict: 'no', held: '99999999', checked_at: Date.now() }] });
        const page = await arrive();
        await inRoom(page);
        await page.run(id => { location.hash = `#/${id}`; }, other);
        await inRoom(page);
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await page.finds('.room-title .room-lock');
        front.push({ type: 'error', room, code: 'gate_unverified', message: 'What you hold cannot be checked. If that lasts, you will have to leave this room.', request_id: 'r_w' });
        await page.has('If that lasts, you will have to leave');
        await page.press('Dismiss');
        it.refusal = () => ({ code: 'gate_token_balance', message: 'You hold too little.', details: {} });
        front.push({ type: 'left', room, reason: 'gate_lost', message: 'You no longer hold what this room asks for.' });
        await page.has('You are no longer in this room');
        await page.has('You hold 99.999999');
        await page.hasNot('The moderator wrote');
        await picture(page, 'gate-lost');
        await server.say(ann, other, 'We talk on');
        await page.until('the other room', () => document.querySelector('.rail').innerText.includes('We talk on'));
        assert.ok(!(await page.run(() => document.querySelector('.room-list').innerText)).includes('Holders of proof'));
        await page.press('Check again');
        await page.has('Not yet.');
        it.refusal = null;
        it.report = () => ({ body: { gate: token, verdict: 'yes', checks: [{ condition: token, verdict: 'yes', held: '100000000', checked_at: Date.now() }], tokens: TOKENS } });
        it.check = it.report;
        await page.press('Check again');
        await inRoom(page);
        await close(page);
    });

    test('whoever is put out of a room that is not open is told as well', async () => {
        const other = await server.room(ann, { name: 'Open house' });
        gate(token);
        const page = await arrive();
        await inRoom(page);
        await page.run(id => { location.hash = `#/${id}`; }, other);
        await inRoom(page);
        front.push({ type: 'left', room, reason: 'gate_lost', message: 'You no longer hold what this room asks for.' });
        await page.has('Holders of proof: You no longer hold what this room asks for.');
        await page.has('Open house');
        assert.ok(!(await page.run(() => document.querySelector('.room-list').innerText)).includes('Holders of proof'));
        await close(page);
    });

    test('amounts are exact, however large and however finely divided', async () => {
        const page = await browser.open(`${front.base}/#token=${bob.token}`);
        await page.finds('.rail');
        let seed = 7;
        const random = below => { seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0; return seed % below; };
        const cases = [['1', 0], ['18446744073709551615', 0], ['18446744073709551615', 19], ['1', 18], ['1000000', 6]];
        for (let i = 0; i < 200; i++) cases.push([String((BigInt(random(2 ** 32)) << 32n | BigInt(random(2 ** 32))) % (10n ** BigInt(1 + random(19))) + 1n), random(20)]);
        const found = await page.run(async list => {
            const { baseUnits, plainTokens, wholeTokens } = await import('/assets/js/gate.js');
            return list.map(([amount, decimals]) => { const plain = plainTokens(amount, decimals); return [plain, baseUnits(plain, decimals), wholeTokens(amount, decimals).replaceAll(',', '')]; });
        }, cases);
        for (const [i, [amount, decimals]] of cases.entries()) {
            const digits = amount.padStart(decimals + 1, '0');
            const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
            const plain = digits.slice(0, digits.length - decimals) + (decimals && fraction ? `.${fraction}` : '');
            assert.deepEqual(found[i], [plain, amount, plain]);
        }
        const refused = await page.run(async () => {
            const { baseUnits } = await import('/assets/js/gate.js');
            return ['', '0', '-1', '1e3', '1,000', '0x10', '.5', '5.', '1.0000001', '18446744073709.551616', ' '].map(text => { try { return baseUnits(text, 6); } catch (error) { return error.field; } });
        });
        assert.deepEqual([...new Set(refused)], ['access_token_min_amount']);
        await close(page);
    });

    test('a collection is shown by its name, beside its address: anybody may take a name', async () => {
        const checks = [{ condition: nft, verdict: 'no', held: '0', checked_at: Date.now() }];
        gate(nft, { refusal: { code: 'gate_nft_missing' }, checks, collections: { [COLLECTION]: { name: 'Blue <b>Owls</b>' } } });
        const page = await arrive();
        await page.has(`An NFT of the collection Blue <b>Owls</b> (${short(COLLECTION)})`);
        await close(page);
    });

    test('lists tell which rooms are for holders, and of what', async () => {
        gate({ all: [nft, { any: [{ role: 'moderator' }, { invitation: true }] }] });
        const page = await browser.open(`${front.base}/#token=${bob.token}`);
        await page.press('Find a room');
        await page.has(`For holders of an NFT of the collection ${short(COLLECTION)} and (the role of moderator or an invitation)`);
        await page.key('Escape');
        await close(page);
    });
});
