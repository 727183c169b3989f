// Making and changing rooms for holders. What the chain would say of a token and of the members is played here.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Server, inRoom, skip } from './server.mjs';
import { TestWallet } from './wallet.mjs';

const MINT = new TestWallet().address;
const OTHER_MINT = new TestWallet().address;
const COLLECTION = new TestWallet().address;
const DECIMALS = { [MINT]: 6, [OTHER_MINT]: 2 };

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

/** The gates' fields of rooms, as a server that asks a chain has them; this one asks none, and is not told of them. */
class Gates {
    fields = new Map();

    /** Keeps what of a body is about the gate, and returns the rest. */
    take(id, body) {
        const isGate = ([name]) => /^(type|gate|access_)/.test(name);
        const all = Object.entries(body);
        this.fields.set(id, { ...this.fields.get(id), ...Object.fromEntries(all.filter(isGate)) });
        return Object.fromEntries(all.filter(one => !isGate(one)));
    }
    dress(info) { return { ...info, ...this.fields.get(info.id) }; }
    tokens(id) {
        const mint = this.fields.get(id)?.access_token_mint;
        return mint in DECIMALS ? { [mint]: { decimals: DECIMALS[mint], supply: '1000000' } } : {};
    }
}

describe('making and changing rooms for holders', { skip }, () => {
    let front, server, browser, ann, gates, trial;
    before(async () => {
        front = await Front.start();
        server = await Server.start({ isDev: false });
        front.to(server);
        browser = await Browser.start();
        /** The server's own answer with the gate's fields. */
        const whole = async ({ method, path, headers }, body) => {
            const response = await fetch(`${server.base}${path}`, { method, body: body && JSON.stringify(body), headers: { authorization: headers.authorization, ...body && { 'content-type': 'application/json' } } });
            return { status: response.status, body: gates.dress(await response.json()) };
        };
        front.on('GET', 'rooms/([^/]+)/gate', ({ match }) => ({ body: { gate: null, verdict: 'yes', checks: [], tokens: gates.tokens(match[1]) } }));
        front.on('POST', 'rooms/([^/]+)/gate/dry-run', ({ body }) => trial(body));
        front.on('PATCH', 'rooms/([^/]+)', call => {
            const rest = gates.take(call.match[1], call.body);
            return Object.keys(rest).length ? whole(call, rest) : whole({ ...call, method: 'GET' });
        });
        front.on('POST', 'rooms', call => whole(call, gates.take(call.body.id, call.body)));
        front.on('GET', 'rooms/([^/]+)', call => whole(call));
        // Who comes first would be led into the one room that another test has made.
        front.on('GET', 'rooms', () => ({ body: { rooms: [], cursor: null } }));
        front.rewrite = message => message.type === 'joined' ? { ...message, room: gates.dress(message.room) }
            : message.type === 'room_updated' ? { ...message, info: { ...message.info, ...gates.fields.get(message.room) } } : message;
    });
    after(async () => {
        await browser?.close();
        await front?.close();
        await server?.close();
    });
    beforeEach(() => {
        gates = new Gates();
        trial = body => ({ body: { members: 1, would_lose: [], unknown: [], cursor: null, tokens: body.access_token_mint in DECIMALS ? { [body.access_token_mint]: { decimals: DECIMALS[body.access_token_mint] } } : {} } });
        ann = server.person('Ann Berg');
        front.calls.length = 0;
    });

    const arrive = async (room, person = ann) => {
        const page = await browser.open(`${front.base}/#token=${person.token}`);
        page.expects = /rooms/;
        await page.finds('.rail, .main');
        if (room) {
            await page.run(id => { location.hash = `#/${id}`; }, room);
            await inRoom(page);
        }
        return page;
    };
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
    const last = (method, pattern) => front.calls.findLast(call => call.method === method && pattern.test(call.path))?.body;
    const settings = async page => {
        await page.press('Room menu');
        await page.press('Room settings…');
        await page.finds('dialog [name=type]');
    };
    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };

    test('a room for holders of a token is made with an amount in whole tokens, exactly', async () => {
        const page = await arrive();
        await page.press('Create a room');
        await page.type('Proof readers');
        await page.findsNot('dialog [name=mint]');
        await choose(page, 'type', 'token');
        await put(page, 'mint', MINT);
        await put(page, 'amount', '12,5');
        await page.press('Create');
        await page.has('An amount is written as 1000 or 0.25');
        assert.equal(front.count('POST', 'rooms'), 0);
        await put(page, 'amount', '0.1234567');
        await page.press('Create');
        await page.has('This token has 6 decimals, no more.');
        assert.ok(await page.run(() => document.activeElement.name === 'amount' && document.activeElement.getAttribute('aria-invalid') === 'true'));
        await picture(page, 'gate-create-error');
        // Until its amount is known nobody may enter.
        assert.equal(last('POST', /rooms$/).locked, true);
        await put(page, 'amount', '12.5');
        await page.press('Create');
        await inRoom(page);
        const body = last('PATCH', /rooms\/[^/]+$/);
        assert.deepEqual([body.type, body.access_token_mint, body.access_token_min_amount, body.locked, body.name], ['token_gated', MINT, '12500000', false, 'Proof readers']);
        await close(page);
    });

    test('giving up on it leaves no room behind', async t => {
        const page = await arrive();
        const gone = new Promise(done => {
            // Answered here once the server has done it, so that the test knows when.
            t.after(front.on('DELETE', 'rooms/([^/]+)', async ({ path, headers }) => {
                const { status } = await fetch(`${server.base}${path}`, { method: 'DELETE', headers: { authorization: headers.authorization } });
                done();
                return { status };
            }));
        });
        await page.press('Create a room');
        await page.type('Never mind');
        await choose(page, 'type', 'token');
        await put(page, 'mint', MINT);
        await put(page, 'amount', '0.0000001');
        await page.press('Create');
        await page.has('no more.');
        await page.press('Cancel');
        await page.findsNot('dialog');
        const { id } = last('POST', /rooms$/);
        await gone;
        assert.deepEqual((await server.call('GET', 'me/rooms', undefined, ann)).rooms, []);
        assert.equal((await server.call('GET', `rooms/${id}`, undefined, ann)).active, false);
        await close(page);
    });

    test('an NFT’s collection, and back to everybody', async () => {
        const page = await arrive();
        await page.press('Create a room');
        await page.type('Collectors');
        await choose(page, 'type', 'nft');
        await put(page, 'collection', COLLECTION);
        await page.press('Create');
        await inRoom(page);
        const body = last('POST', /rooms$/);
        assert.deepEqual([body.type, body.access_nft_collection], ['nft_gated', COLLECTION]);
        await settings(page);
        assert.equal(await page.run(() => document.querySelector('dialog [name=collection]').value), COLLECTION);
        await choose(page, 'type', 'public');
        await page.press('Save');
        await page.findsNot('dialog');
        assert.equal(last('PATCH', /rooms\/[^/]+$/).type, 'public');
        assert.equal(front.calls.filter(call => call.path.endsWith('dry-run')).length, 0);
        await close(page);
    });

    test('before a gate is changed one sees who would lose access, and may think better of it', async () => {
        const room = await server.room(ann, { name: 'Proof' });
        gates.take(room, { type: 'token_gated', access_token_mint: MINT, access_token_min_amount: '100000000' });
        const page = await arrive(room);
        await settings(page);
        await page.until('the amount', () => document.querySelector('dialog [name=amount]').value === '100');
        await page.press('Save');
        await page.findsNot('dialog');
        assert.equal('access_token_mint' in last('PATCH', /rooms\/[^/]+$/), false, 'what did not change is not sent');
        const condition = { token: { mint: MINT, min_amount: '250500000' } };
        trial = () => ({ body: {
            members: 7, cursor: null,
            would_lose: [{ user: { id: 'u_bob', name: 'Bob Okafor' }, verdict: 'no', checks: [{ condition, verdict: 'no', held: '100000001', checked_at: Date.now() }] }],
            unknown: [{ user: { id: 'u_cy', name: 'Cy Young' }, verdict: 'unknown', checks: [{ condition, verdict: 'unknown', held: null, reason: 'timeout', checked_at: null }] }],
        } });
        await settings(page);
        await put(page, 'amount', '250.5');
        await page.press('Save');
        await page.has('1 member would lose access');
        await page.has('Holds 100.000001 · checked just now');
        await page.has('the chain did not answer in time');
        await page.has('7 members were looked at');
        await picture(page, 'gate-trial');
        const patches = front.calls.filter(call => call.method === 'PATCH').length;
        await page.press('Back');
        await page.until('one dialog', () => document.querySelectorAll('dialog').length === 1);
        assert.equal(await page.run(() => document.querySelector('dialog [name=amount]').value), '250.5');
        assert.equal(front.calls.filter(call => call.method === 'PATCH').length, patches);
        await page.press('Save');
        await page.press('Save all the same');
        await page.findsNot('dialog');
        assert.equal(last('PATCH', /rooms\/[^/]+$/).access_token_min_amount, '250500000');
        assert.equal(last('POST', /dry-run$/).access_token_min_amount, '250500000');
        await close(page);
    });

    test('a look at many members that is asked to pause says so and goes on by itself', async () => {
        const room = await server.room(ann, { name: 'Proof' });
        gates.take(room, { type: 'nft_gated', access_nft_collection: COLLECTION });
        const page = await arrive(room);
        page.expects = /dry-run/;
        await settings(page);
        // One is let through, then comes a pause; the test says when it is over.
        const answers = [
            { body: { members: 50, would_lose: [], unknown: [], cursor: 'c1' } },
            { status: 429, body: { code: 'rate_limited', detail: 'Too many questions.', retry_after_ms: 1_200 } },
            { body: { members: 20, would_lose: [{ user: { id: 'u_bob', name: 'Bob Okafor' }, verdict: 'no', checks: [] }], unknown: [], cursor: null } },
        ];
        trial = () => answers.shift();
        await put(page, 'collection', MINT);
        await page.resize(380, 640, { isTouch: true });
        await page.press('Save');
        await page.has('50 members looked at so far. The server asks for a pause; it goes on by itself in ');
        assert.ok(await page.run(() => { const box = document.querySelector('dialog .form-end .note').getBoundingClientRect(); return box.height > 0 && box.bottom <= innerHeight; }));
        await picture(page, 'gate-trial-pause-380');
        await page.has('70 members were looked at');
        await page.press('Save all the same');
        await page.findsNot('dialog');
        assert.equal(answers.length, 0);
        assert.equal(last('PATCH', /rooms\/[^/]+$/).access_nft_collection, MINT);
        // Given up meanwhile, nothing is saved and nothing more is asked.
        const patches = front.calls.filter(call => call.method === 'PATCH').length;
        trial = () => ({ status: 429, body: { code: 'rate_limited', detail: 'Too many questions.', retry_after_ms: 3_600_000 } });
        await settings(page);
        await put(page, 'collection', OTHER_MINT);
        await page.press('Save');
        await page.has('goes on by itself in 1 h');
        await page.press('Cancel');
        await page.findsNot('dialog');
        assert.equal(front.calls.filter(call => call.method === 'PATCH').length, patches);
        await close(page);
    });

    test('the buttons of a long form are in sight and whole, on small screens too', async () => {
        const room = await server.room(ann, { name: 'Proof' });
        gates.take(room, { type: 'token_gated', access_token_mint: MINT, access_token_min_amount: '100000000' });
        const page = await arrive(room);
        for (const [width, height, isDark] of [[1280, 800, false], [380, 640, false], [320, 568, true]]) {
            await page.resize(width, height, { isTouch: width < 500 });
            await page.colours(isDark);
            await settings(page);
            await page.has('You, the owner, are never asked for it.');
            for (const end of [0, 1e6]) {
                const [save, dialog] = await page.run(to => {
                    document.querySelector('.dialog-body').scrollTop = to;
                    const box = one => { const { left, top, right, bottom } = one.getBoundingClientRect(); return { left, top, right, bottom }; };
                    return [box([...document.querySelectorAll('dialog button')].find(one => one.innerText === 'Save')), box(document.querySelector('dialog'))];
                }, end);
                const margins = [save.left - dialog.left, dialog.right - save.right, dialog.bottom - save.bottom, height - save.bottom];
                assert.ok(margins.every(margin => margin >= 12), `${width} px: ${JSON.stringify({ save, dialog })}`);
            }
            assert.equal(await page.run(() => document.querySelector('.dialog-body').scrollWidth > document.querySelector('.dialog-body').clientWidth), false);
            await picture(page, `gate-settings-${width}`);
            await page.key('Escape');
            await page.findsNot('dialog');
        }
        await close(page);
    });

    test('another token’s decimals are asked for as soon as it is named', async () => {
        const room = await server.room(ann, { name: 'Proof' });
        gates.take(room, { type: 'token_gated', access_token_mint: MINT, access_token_min_amount: '100000000' });
        const page = await arrive(room);
        await settings(page);
        await put(page, 'mint', OTHER_MINT);
        await page.until('the decimals', () => document.querySelector('dialog').innerText.includes('In whole tokens'));
        await put(page, 'amount', '3.25');
        await page.press('Save');
        await page.findsNot('dialog');
        assert.equal(last('PATCH', /rooms\/[^/]+$/).access_token_min_amount, '325');
        await settings(page);
        await put(page, 'mint', COLLECTION);
        await page.has('In base units: how many decimals this token has is not known.');
        await page.key('Escape');
        await close(page);
    });

    test('rules of one’s own: what is not JSON and what the server refuses is told at the field', async t => {
        const room = await server.room(ann, { name: 'Proof' });
        const page = await arrive(room);
        await settings(page);
        await choose(page, 'type', 'tree');
        await put(page, 'tree', '{"all": [');
        await page.press('Save');
        await page.has('The rules are not JSON');
        t.after(front.on('POST', /dry-run$/, ({ body }) => body.gate.all ? { status: 400, body: { code: 'invalid_field', field: 'gate.all[0].token.mint', detail: '"gate.all[0].token.mint" is an address: 32 bytes in base 58.' } } : null));
        await put(page, 'tree', '{"all": [{"token": {"mint": "x", "min_amount": "1"}}]}');
        await page.press('Save');
        await page.has('"gate.all[0].token.mint" is an address: 32 bytes in base 58. (r_stub)');
        assert.ok(await page.run(() => document.activeElement.name === 'tree' && document.getElementById(document.activeElement.getAttribute('aria-describedby')).innerText.includes('32 bytes')));
        await page.resize(360, 740, { isTouch: true });
        await page.colours(true);
        assert.equal(await page.run(() => document.querySelector('dialog .dialog-body').scrollWidth > document.querySelector('dialog .dialog-body').clientWidth), false);
        await picture(page, 'gate-tree-narrow-dark');
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        assert.deepEqual(nodes.filter(node => !node.ignored && /^(button|link|textbox|combobox|checkbox|dialog)$/.test(node.role?.value) && !node.name?.value).map(node => node.role.value), []);
        await put(page, 'tree', '{"any": [{"invitation": true}]}');
        await page.press('Save');
        await page.findsNot('dialog');
        assert.deepEqual(last('PATCH', /rooms\/[^/]+$/).gate, { any: [{ invitation: true }] });
        await close(page);
    });

    test('moderators change what they may: slow mode, the lock and receipts', async () => {
        const room = await server.room(ann, { name: 'Proof' });
        const bob = server.person('Bob Okafor');
        const page = await arrive(room, bob);
        await server.call('PUT', `rooms/${room}/members/${bob.id}`, { role: 'moderator' }, ann);
        await page.reload();
        await inRoom(page);
        await page.press('Room menu');
        await page.press('Room settings…');
        await page.finds('dialog [name=slow]');
        await page.findsNot('dialog [name=name]');
        await choose(page, 'slow', '30');
        await page.press('Save');
        await page.findsNot('dialog');
        assert.deepEqual(last('PATCH', /rooms\/[^/]+$/), { slow_mode_ms: 30_000, locked: false, receipts: false });
        await page.has('Slow mode, 30 s');
        await close(page);
    });
});
