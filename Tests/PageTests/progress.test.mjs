// The page of progress, driven as people do; with SCREENSHOTS=folder a picture of each state, for somebody to look at.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Server, enter, skip } from './server.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740, isTouch: true };
const QUICK = { PROGRESS_DELAY_MS: 10, LEADERBOARDS_TELL_MS: 50, LIMITS_TIER_FREE: 0 };

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const isSideways = () => document.documentElement.scrollWidth > innerWidth;
const has = id => `[aria-label="Badges that you have"] [data-badge="${id}"]`;
const lacks = id => `[aria-label="Badges still to earn"] [data-badge="${id}"]`;
const live = page => page.until('a live line', () => document.querySelector('.dot.is-live'));
const says = (page, selector, wanted) => page.until(`${selector} says "${wanted}"`, (where, text) => document.querySelector(where)?.innerText.replace(/\s+/g, ' ').includes(text), selector, wanted);
const unread = (page, wanted) => page.until(`${wanted} unread`, number => {
    const badge = document.querySelector('.bell-count');
    return badge && (badge.hidden ? 0 : Number(badge.textContent)) === number;
}, wanted);

/** Waits for these standings: rank, name and experience of each row, `…` before those around oneself. */
async function shows(page, wanted) {
    const read = list => {
        const rows = [...document.querySelectorAll('.board-table tbody tr')].map(row =>
            row.matches('.board-around') ? '…' : [row.querySelector('.board-rank').firstChild.data, row.querySelector('bdi').textContent, row.querySelector('.board-xp').textContent].join(' '));
        return list ? JSON.stringify(rows) === JSON.stringify(list) : rows;
    };
    try { await page.until('the standings', read, wanted); } catch (error) {
        assert.deepEqual(await page.run(read), wanted, error.message);
        throw error;
    }
}

async function openProgress(browser, server, { person = server.person('Ann Berg'), ...options } = {}) {
    const page = await browser.open(`${server.base}/progress#token=${person.token}`, options);
    await page.finds('.progress-page, .sign-in');
    return page;
}

let serial = 0;
/** Who tells what people have done elsewhere. */
async function tellerOf(server) {
    const key = await server.key('progress:write');
    return (people, difficulty = 'easy', more = {}) => server.call('POST', 'events',
        [people].flat().map(({ id }) => ({ id: `e${++serial}`, user: id, kind: 'challenge_completed', data: { difficulty }, ...more })), key);
}

/** People who have written in a room of the first of them, so that the server knows their names. */
async function peopleIn(server, names, fields) {
    const people = names.map(name => server.person(name));
    const room = await server.room(people[0], fields);
    for (const person of people) await server.say(person, room, 'Hello');
    return { people, room };
}

/** A server and a browser for a group of tests, and who tells what people have done; `take` gets them. */
function staged(options, take) {
    const stage = {};
    before(async () => {
        stage.server = await Server.start({ ...options, settings: QUICK });
        stage.browser = await Browser.start();
        stage.tell = await tellerOf(stage.server);
        take(stage);
    });
    after(async () => {
        await stage.browser?.close();
        await stage.server?.close();
    });
}

describe('progress', { skip }, () => {
    let server, browser;
    staged({}, stage => { ({ server, browser } = stage); });

    test('a badge that is earned by chatting in another window is there at once, with when and where, and rings in all windows', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        const page = await openProgress(browser, server, { person: ann });
        await live(page);
        await page.has('No badge yet');
        await says(page, '.standing-streak', 'Say something in a room, and a streak begins.');
        await says(page, lacks('ten_messages'), '0 of 10');
        await picture(page, 'progress-begin');
        const other = await openProgress(browser, server, { person: ann });
        await live(other);
        await other.has('No badge yet');
        await page.run(() => { window.isTheSame = true; });
        await server.say(ann, room, 'Hello');
        for (const one of [page, other]) {
            await one.until('a toast', () => document.querySelector('#toasts')?.innerText.includes('Badge earned: First words — the first message'));
            await says(one, has('first_message'), 'in Linear algebra');
            await says(one, has('first_message'), 'Common');
            await says(one, has('first_message'), 'New');
            await one.findsNot(lacks('first_message'));
            await says(one, '.standing-level', '25 points');
            await says(one, '.standing-level', '75 left to level 1');
            await says(one, '.standing-streak', '1 day');
            await says(one, lacks('ten_messages'), '1 of 10');
            await unread(one, 1);
        }
        await picture(page, 'progress-earned');
        await page.press('Show');
        await page.until('the badge has the focus', () => document.activeElement.dataset.badge === 'first_message');
        assert.deepEqual(await page.run(() => { const ring = document.querySelector('.ring'); return ['valuenow', 'valuemax', 'valuetext'].map(name => ring.getAttribute(`aria-${name}`)); }), ['25', '100', '75 points left to level 1']);
        assert.equal(await page.run(() => window.isTheSame), true);
        await page.click('.bell');
        await page.has('the first message');
        await picture(page, 'progress-bell');
        for (const one of [page, other]) await unread(one, 0);
        await other.reload();
        await says(other, has('first_message'), 'in Linear algebra');
        assert.equal(await other.run(() => document.querySelector('.tag.is-new')), null);
        for (const one of [page, other]) {
            assert.deepEqual(one.errors, []);
            await one.close();
        }
    });

    test('a level that is reached is told; experience is counted to the next one', async () => {
        const ann = server.person('Ann Berg');
        await server.room(ann);
        const tell = await tellerOf(server);
        const page = await openProgress(browser, server, { person: ann });
        await live(page);
        await says(page, '.ring', '0');
        await tell(ann, 'hard');
        await page.until('a toast', () => document.querySelector('#toasts')?.innerText.includes('You have reached level 1'));
        await says(page, '.standing-level', '300 left to level 2');
        await tell(ann, 'expert');
        await says(page, '.standing-level', '100 left to level 2');
        assert.deepEqual(await page.run(() => ['valuenow', 'valuemax'].map(name => document.querySelector('.ring').getAttribute(`aria-${name}`))), ['200', '300']);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('a streak says until when it lasts, in the time zone of the person, who may choose where days begin', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        await server.say(ann, room, 'Hello');
        const page = await openProgress(browser, server, { person: ann });
        await page.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Tokyo' });
        await page.reload();
        await says(page, '.standing-streak', '1 day');
        const { streak } = await server.call('GET', 'me/progress', undefined, ann);
        const there = zone => page.run((at, timeZone) => new Intl.DateTimeFormat([], { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit', timeZone }).format(at).replace(/\s+/g, ' '), streak.deadline, zone);
        await says(page, '.standing-streak time', await there('Asia/Tokyo'));
        await says(page, '.standing-streak', 'Your days begin at midnight in UTC.');
        await page.press('Count them in Asia/Tokyo');
        await page.hasNot('Your days begin');
        assert.equal((await server.call('GET', 'me/preferences', undefined, ann)).time_zone, 'Asia/Tokyo');
        await server.call('PUT', 'me/preferences', { time_zone: 'America/Lima' }, ann);
        await page.reload();
        await says(page, '.standing-streak time', `${await there('America/Lima')} (America/Lima)`);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('rare badges are told apart by word and by shape', async () => {
        const admin = await server.key('admin');
        for (const [id, rarity] of [['test_legend', 'legendary'], ['test_rare', 'rare']]) {
            await server.call('POST', 'achievements', { id, name: `A ${rarity} one`, xp: 1_000, rarity, rule: { sum: { kind: 'measured', field: 'metres', at_least: '1000.5' } } }, admin);
        }
        const ann = server.person('Ann Berg');
        await server.room(ann);
        await server.call('POST', 'events', { id: 'metres', user: ann.id, kind: 'measured', data: { metres: 250.25 } }, admin);
        const page = await openProgress(browser, server, { person: ann });
        await says(page, lacks('test_legend'), '250.25 of 1000.5');
        const looks = await page.run(() => [...document.querySelectorAll('[aria-label="Badges still to earn"] li')].map(card => [card.querySelector('.rarity').textContent, card.querySelector('path').getAttribute('d')].join()));
        assert.equal(new Set(looks).size, 4);
        assert.equal(await page.run(card => document.querySelector(`${card} [role=progressbar]`).getAttribute('aria-valuetext'), lacks('test_legend')), '250.25 of 1000.5');
        assert.deepEqual(page.errors, []);
        for (const id of ['test_legend', 'test_rare']) await server.call('DELETE', `achievements/${id}`, undefined, admin);
        await page.close();
    });

    test('rooms, prices and progress lead to each other, as the same person', async () => {
        const page = await browser.open(server.link);
        await page.finds('.rail');
        const me = () => page.run(() => document.querySelector('.me-name').textContent);
        const name = await me();
        await page.press('Progress');
        await page.finds('.progress-page');
        assert.equal(await me(), name);
        await page.press('Prices');
        await page.finds('.watch');
        await page.press('Progress');
        await page.finds('.progress-page');
        await page.press('Rooms');
        await page.finds('.room-list');
        assert.equal(await me(), name);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('by keyboard: everything is reached in order and has a name', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        await server.say(ann, room, 'Hello');
        const page = await openProgress(browser, server, { person: ann });
        await live(page);
        await page.finds(has('first_message'));
        await page.finds('.board-table tbody tr');
        await page.finds('.board-room');
        await page.run(() => document.querySelector('.progress-links a').focus());
        const order = [];
        for (let i = 0; i < 14; i++) {
            order.push(await page.run(() => ['progress-links', 'bell', 'theme-switch', 'me', 'standing-streak', 'badges', 'board-tabs', 'board-room', 'board-box'].find(name => document.activeElement.closest(`.${name}`))));
            await page.key('Tab');
        }
        const parts = order.filter((part, i) => part && part !== order[i - 1]);
        assert.deepEqual(parts.filter(part => part !== 'standing-streak').slice(0, 8), ['progress-links', 'bell', 'theme-switch', 'me', 'badges', 'board-tabs', 'board-room', 'board-box']);
        await page.run(() => document.activeElement.blur());
        await page.key('2');
        await page.until('this month\'s', () => document.querySelector('[data-board=month]').getAttribute('aria-pressed') === 'true' && location.hash === '#/month');
        await page.key('3');
        assert.equal(await page.run(() => document.activeElement.className.includes('board-room')), true);
        await page.run(() => document.activeElement.blur());
        await page.key('?');
        await page.finds('dialog kbd');
        await page.key('Escape');
        await page.findsNot('dialog');
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        const named = nodes.filter(node => !node.ignored && /^(button|link|combobox|list|progressbar|group|navigation|main|region|table|heading)$/.test(node.role?.value) && node.role.value !== 'main');
        assert.deepEqual(named.filter(node => !node.name?.value).map(node => node.role.value), []);
        assert.ok(['progressbar', 'list', 'group', 'table', 'navigation', 'combobox'].every(role => named.some(node => node.role.value === role)));
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});

describe('leaderboards', { skip }, () => {
    let server, browser, tell;
    staged({ isDev: false }, stage => { ({ server, browser, tell } = stage); });

    test('nobody, then the first ones, live: ties are shown, oneself and one\'s neighbours; of a month and of a room', async () => {
        const names = ['Ann', ...Array.from({ length: 18 }, (_, i) => `P${String.fromCharCode(97 + i)}`)];
        const { people, room } = await peopleIn(server, names);
        const [ann, ...others] = people;
        const page = await openProgress(browser, server, { person: ann });
        await page.has('Nobody is on it yet');
        await tell(others[0], 'hard');
        await shows(page, ['1 Pa 100']);
        await says(page, '.board-own', 'You are not on it yet; 1 person is.');
        await tell([others[1], others[2]], 'medium');
        await tell(others[3], 'easy');
        await shows(page, ['1 Pa 100', '2 Pb 50', '2 Pc 50', '4 Pd 25']);
        assert.deepEqual(await page.run(() => [...document.querySelectorAll('.board-rank .unseen')].length), 2);
        // Whoever gets more passes the others, without a reload.
        await tell(others[3], 'expert');
        await shows(page, ['1 Pd 225', '2 Pa 100', '3 Pb 50', '3 Pc 50']);
        for (const person of others.slice(4)) await tell(person, 'medium');
        await tell(ann, 'easy');
        const top = ['1 Pd 225', '2 Pa 100', ...['b', 'c', 'e', 'f', 'g', 'h', 'i', 'j'].map(name => `3 P${name} 50`)];
        const around = ['n', 'o', 'p', 'q', 'r'].map(name => `3 P${name} 50`);
        await shows(page, [...top, '…', ...around, '19 Ann 25']);
        await says(page, '.board-own', 'You are number 19 of 19, with 25 points.');
        await picture(page, 'progress-board');
        // One's own row stays in view.
        await page.resize(1440, 520);
        const isInView = await page.run(() => { const box = document.querySelector('.is-own td').getBoundingClientRect(); const frame = document.querySelector('.board-box').getBoundingClientRect(); return box.bottom <= frame.bottom + 1 && box.top >= frame.top; });
        assert.equal(isInView, true);
        await page.resize(WIDE.width, WIDE.height);
        await tell(ann, 'expert');
        await shows(page, ['1 Pd 225', '1 Ann 225', ...top.slice(1, 2).map(row => row.replace(/^2/, '3')), ...top.slice(2, 9).map(row => row.replace(/^3/, '4'))]);
        await page.press('This month');
        await says(page, '.board-own', 'You are number 1 of 19');
        // A room's: who looks at it is not seen to be in the room.
        const present = async () => (await server.call('GET', `rooms/${room}/members`, undefined, others[4])).members.filter(one => one.present).length;
        await page.run(id => { const pick = document.querySelector('.board-room'); pick.value = `room:${id}`; pick.dispatchEvent(new Event('change')); }, room);
        await page.has('Nobody is on it yet');
        assert.equal(await present(), 0);
        await tell(others[4], 'hard', { room });
        await shows(page, ['1 Pe 100']);
        await tell(ann, 'expert', { room });
        await shows(page, ['1 Ann 200', '2 Pe 100']);
        await picture(page, 'progress-board-room');
        await page.reload();
        await shows(page, ['1 Ann 200', '2 Pe 100']);
        assert.equal(await page.run(() => document.querySelector('.board-room').selectedOptions[0].textContent), 'Linear algebra');
        await page.press('Everybody');
        await says(page, '.board-own', 'You are number 1 of 19');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('a room\'s is live for its members, and who is a member no more is told so', async context => {
        const front = await Front.start();
        context.after(() => front.close());
        front.to(server);
        const { people: [ann, bob, carol], room } = await peopleIn(server, ['Ann', 'Bob', 'Carol']);
        // Who has been in it is a member.
        const inside = await enter(browser, server, carol, room);
        await inside.close();
        // Elsewhere as well: everybody's board is another one.
        await tell(ann, 'easy');
        await tell(bob, 'hard', { room });
        const page = await browser.open(`${front.base}/progress#token=${carol.token}`);
        page.expects = /leaderboards|stream/;
        await live(page);
        await page.run(id => { location.hash = `#/room:${id}`; }, room);
        await shows(page, ['1 Bob 100']);
        // From here on nothing is learnt by asking.
        front.on('GET', 'leaderboards/.*', () => ({ status: 503, body: { code: 'unavailable', detail: 'Not now.' } }));
        await tell(ann, 'expert', { room });
        await shows(page, ['1 Ann 200', '2 Bob 100']);
        await tell(bob, 'expert', { room });
        await shows(page, ['1 Bob 300', '2 Ann 200']);
        await server.call('DELETE', `rooms/${room}/members/${carol.id}`, undefined, ann);
        await tell(ann, 'expert', { room });
        await page.has('Not live:');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('a room that one may not see says so, and everybody\'s is a press away', async () => {
        const room = await server.room(server.person('Otto'), { type: 'private' });
        const page = await openProgress(browser, server);
        page.expects = /leaderboards/;
        await page.run(id => { location.hash = `#/room:${id}`; }, room);
        await page.finds('.board-state [role=alert]');
        await picture(page, 'progress-board-refused');
        await page.press('Everybody');
        await page.findsNot('.board-state [role=alert]');
        await page.finds('.board-table tbody tr');
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});

describe('progress that cannot be shown', { skip }, () => {
    let server, browser, tell;
    staged({ isDev: false }, stage => { ({ server, browser, tell } = stage); });

    test('a server without badges says so, loading looks like loading, and what is refused can be tried again', async () => {
        const ann = server.person('Ann Berg');
        const page = await openProgress(browser, server, { person: ann, scripts: [`
            const real = fetch;
            const held = new Promise(go => { window.go = go; });
            window.fetch = async (url, options) => {
                if (!/me.progress|leaderboards/.test(url)) return real(url, options);
                await held;
                return window.isMended ? real(url, options) : new Response(JSON.stringify({ code: 'unavailable', detail: 'Progress cannot be read.', request_id: 'r_42' }), { status: 503 });
            };`] });
        await page.finds('.progress-state .skeleton');
        await picture(page, 'progress-loading');
        await page.run(() => window.go());
        await page.has('Your progress cannot be shown');
        await page.has('Progress cannot be read. (r_42)');
        await picture(page, 'progress-error');
        await page.run(() => { window.isMended = true; });
        await page.run(() => document.querySelector('.progress-state .button').click());
        await page.has('Nothing to earn yet');
        await page.has('Nobody is on it yet');
        await page.hasNot('cannot be shown');
        await picture(page, 'progress-empty');
        // What was there stays when it cannot be read anew, and says that it may be old.
        await page.run(() => { window.isMended = false; document.dispatchEvent(new Event('visibilitychange')); });
        await page.has('This may be old: Progress cannot be read. (r_42)');
        await page.has('Nothing to earn yet');
        await page.run(() => { window.isMended = true; });
        await page.run(() => document.querySelector('.progress-problem .button').click());
        await page.hasNot('This may be old');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('offline what was known last stays and says so; back, what was missed is there', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        await server.say(ann, room, 'Hello');
        await tell(ann, 'hard', { room });
        const page = await openProgress(browser, server, { person: ann });
        await live(page);
        await says(page, '.standing-level', '100 points');
        await page.run(id => { location.hash = `#/room:${id}`; }, room);
        await shows(page, ['1 Ann Berg 100']);
        await server.stop('SIGKILL');
        await page.has('Offline since');
        await page.has('What was known last is shown');
        await says(page, '.standing-level', '100 points');
        await shows(page, ['1 Ann Berg 100']);
        await picture(page, 'progress-offline');
        await page.resize(NARROW.width, NARROW.height, NARROW);
        await page.colours(true);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'progress-offline-narrow-dark');
        await page.resize(WIDE.width, WIDE.height);
        await server.start();
        await tell(ann, 'expert', { room });
        await live(page);
        await page.findsNot('.connection-bar');
        await says(page, '.standing-level', '300 points');
        await shows(page, ['1 Ann Berg 300']);
        // And it moves again.
        await tell(ann, 'easy', { room });
        await shows(page, ['1 Ann Berg 325']);
        await says(page, '.standing-level', '325 points');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('where progress is turned off the page says so', async () => {
        const off = await Server.start({ isDev: false, settings: { PROGRESS_ENABLED: false } });
        const page = await openProgress(browser, off);
        page.expects = /progress|leaderboards/;
        await page.has('Not on this server');
        assert.equal(await page.run(isSideways), false);
        await page.close();
        await off.close();
    });
});

describe('progress at every width and in both themes', { skip }, () => {
    let server, browser;
    staged({}, stage => { ({ server, browser } = stage); });

    test('never sideways, however long the names', async () => {
        const tell = await tellerOf(server);
        const admin = await server.key('admin');
        await server.call('POST', 'achievements', { id: 'legend', name: 'Anextremelylongnamewithoutanyspacesthatwouldgosidewaysifitcould', description: 'Measure a lot.', xp: 1_000, rarity: 'legendary', rule: { count: { kind: 'measured', at_least: 2 } } }, admin);
        const { people } = await peopleIn(server, ['Ann Berg', 'Bob Okafor', 'Chiara Rossi', 'Dmitri Volkov', 'Wolfeschlegelsteinhausenbergerdorff the Elder', ...Array.from({ length: 14 }, (_, i) => `Person ${String.fromCharCode(65 + i)}`)], { name: 'A room whose name is longer than a phone is wide' });
        const [ann, bob] = people;
        await tell(people, 'medium');
        await tell(people.slice(1), 'easy');
        await tell(bob, 'expert');
        await server.call('POST', 'events', [1, 2].map(id => ({ id: `m${id}`, user: bob.id, kind: 'measured', data: {} })), admin);
        for (const [person, name] of [[ann, 'progress'], [bob, 'progress-legend']]) {
            const page = await openProgress(browser, server, { person });
            await page.finds('.is-own');
            await page.finds(has('first_message'));
            for (const isDark of [false, true]) {
                await page.colours(isDark);
                for (const [size, box] of Object.entries({ wide: WIDE, medium: { width: 1000, height: 760 }, narrow: NARROW })) {
                    await page.resize(box.width, box.height, box);
                    assert.equal(await page.run(isSideways), false, `${size} scrolls sideways`);
                    assert.equal(await page.run(() => { const main = document.querySelector('.progress-main'); return main.scrollWidth > main.clientWidth; }), false, `${size} scrolls sideways within`);
                    await picture(page, `${name}-${size}-${isDark ? 'dark' : 'light'}`);
                }
                await page.run(() => document.querySelector('.board').scrollIntoView());
                await picture(page, `${name}-board-narrow-${isDark ? 'dark' : 'light'}`);
            }
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    });
});
