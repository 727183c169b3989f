// What people are told: the bell in every page, badges that are announced to a room, and when nothing is to ring.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Front } from './front.mjs';
import { Server, enter, inRoom, showsMessages, skip } from './server.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740, isTouch: true };
const QUICK = { PROGRESS_DELAY_MS: 10, LIMITS_TIER_FREE: 0 };
/** Toasts stay until somebody dismisses them: no test has to be quick. */
const STILL = 'const later = setTimeout; window.setTimeout = (run, ...more) => String(run).includes("note.remove") ? 0 : later(run, ...more);';

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const isSideways = () => document.documentElement.scrollWidth > innerWidth;
const live = page => page.until('a live line', () => document.querySelector('.dot.is-live'));
const unread = (page, wanted) => page.until(`${wanted} unread`, number => {
    const bell = document.querySelector('.bell');
    return bell && bell.getAttribute('aria-label') === (number ? `Notifications, ${number} unread` : 'Notifications') && bell.querySelector('.bell-count').hidden === !number;
}, wanted);
const toast = (page, words) => page.until(`the toast "${words}"`, wanted => [...document.querySelectorAll('.toast > span')].some(one => one.textContent === wanted), words);
const close = async (...pages) => {
    for (const page of pages) {
        // A line that was cut on purpose.
        assert.deepEqual(page.errors.filter(error => !/ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE/.test(error)), []);
        await page.close();
    }
};

/** A server with people who may tell prices, tell what others are to know, and look. */
function staged(take) {
    const stage = {};
    before(async () => {
        stage.server = await Server.start({ settings: QUICK });
        stage.browser = await Browser.start();
        stage.front = await Front.start();
        stage.front.to(stage.server);
        const feed = stage.server.person('Feed', { channels: { publish: ['price:*'] } });
        stage.price = (symbol, price) => stage.server.call('POST', 'prices', [{ symbol, price }], feed);
        const admin = await stage.server.key('admin');
        let serial = 0;
        stage.tell = (person, title) => stage.server.call('POST', `users/${person.id}/notifications`, { key: `k${++serial}`, kind: 'export', title }, admin);
        take(stage);
    });
    after(async () => {
        await stage.browser?.close();
        await stage.front?.close();
        await stage.server?.close();
    });
}

describe('the bell of the study rooms', { skip }, () => {
    let server, browser, front, price, tell;
    staged(stage => { ({ server, browser, front, price, tell } = stage); });

    test('badges, alerts and what else one is told ring in a room, say what happened, and are read in all windows', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann);
        const page = await enter(browser, server, ann, room, { scripts: [STILL] });
        const other = await browser.open(`${server.base}/progress#token=${ann.token}`);
        await live(other);
        await unread(page, 0);
        await page.say('Hello');
        await toast(page, 'Badge earned: First words — the first message');
        for (const one of [page, other]) await unread(one, 1);
        await server.call('POST', 'alerts', { symbol: 'BTC', operator: '>', value: '64000', note: 'sell' }, ann);
        await price('BTC', '64783.58');
        await toast(page, 'BTC rose above 64,000: now 64,783.58 — sell');
        await tell(ann, 'Your export is ready');
        await toast(page, 'Your export is ready');
        for (const one of [page, other]) await unread(one, 3);
        await picture(page, 'room-bell-toasts');
        // By keyboard: open, look, to the first link, and back.
        await page.run(() => document.querySelector('.bell').focus());
        await page.key('Enter');
        await page.finds('.notes');
        assert.deepEqual(await page.run(() => [...document.querySelectorAll('.note-row b')].map(one => one.textContent)), ['Your export is ready', 'BTC rose above 64,000: now 64,783.58', 'Badge earned: First words']);
        for (const one of [page, other]) await unread(one, 0);
        await picture(page, 'room-bell');
        await page.key('Tab');
        assert.equal(await page.run(() => document.activeElement.textContent), 'BTC rose above 64,000: now 64,783.58');
        await page.key('Escape');
        await page.findsNot('.notes');
        assert.equal(await page.run(() => document.activeElement.className.includes('bell')), true);
        // The toast of the badge leads to it; the alert's note to the symbol.
        await page.run(() => [...document.querySelectorAll('.toast')].find(one => one.textContent.startsWith('Badge')).querySelector('.button').click());
        await page.finds('.progress-page');
        assert.equal(await page.run(() => location.pathname), '/progress');
        await page.finds('[data-badge=first_message]');
        await page.click('.bell');
        await page.press('BTC rose above 64,000');
        await page.finds('.watch');
        assert.equal(await page.run(() => location.pathname + location.hash), '/prices#/BTC');
        await close(page, other);
    });

    test('what cannot be read says so and is tried again; a note that comes while one looks is there', async () => {
        const ann = server.person('Ann Berg');
        let go;
        const held = new Promise(done => { go = done; });
        let off = front.on('GET', 'me/notifications', async () => { await held; return { status: 503, body: { code: 'unavailable', detail: 'The list cannot be read.' } }; });
        const page = await browser.open(`${front.base}/#token=${ann.token}`);
        page.expects = /notifications/;
        await live(page);
        await page.click('.bell');
        await page.finds('.notes .skeleton');
        await picture(page, 'room-bell-loading');
        go();
        await page.has('The list cannot be read. (r_stub)');
        await picture(page, 'room-bell-error');
        off();
        await page.press('Try again');
        await page.has('Nothing yet.');
        await picture(page, 'room-bell-empty');
        await tell(ann, 'Your export is ready');
        await page.until('it is in the list', () => document.querySelector('.note-row.is-unread b')?.textContent === 'Your export is ready');
        await unread(page, 0);
        await close(page);
    });

    test('at every width and in both themes the bell and the ways to the other pages can be seen and used', async () => {
        const ann = server.person('Ann Berg');
        const room = await server.room(ann, { name: 'A room whose name is longer than a phone is wide' });
        const page = await enter(browser, server, ann, room, { scripts: [STILL] });
        await page.resize(NARROW.width, NARROW.height, NARROW);
        await tell(ann, 'A title with averylongwordthatcannotbebrokenanywhereatallandgoeson');
        await page.until('a toast that fits', () => { const box = document.querySelector('.toast')?.getBoundingClientRect(); return box && box.left >= 0 && box.right <= innerWidth; });
        await unread(page, 1);
        for (const isDark of [false, true]) {
            await page.colours(isDark);
            for (const [size, box] of Object.entries({ wide: WIDE, medium: { width: 900, height: 760 }, narrow: NARROW })) {
                await page.resize(box.width, box.height, box);
                if (size === 'narrow') await page.run(() => { location.hash = '#/'; });
                await page.finds('.bell');
                for (const words of ['Prices', 'Progress']) {
                    assert.ok(await page.run(text => [...document.querySelectorAll('.page-link')].some(one => one.innerText.trim() === text && one.scrollWidth <= one.clientWidth), words), `${words} at ${size}`);
                }
                assert.equal(await page.run(isSideways), false);
                await picture(page, `room-links-${size}-${isDark ? 'dark' : 'light'}`);
            }
            await page.click('.bell');
            await page.finds('.notes');
            assert.equal(await page.run(() => { const box = document.querySelector('.popover').getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; }), true);
            await picture(page, `room-bell-narrow-${isDark ? 'dark' : 'light'}`);
            await page.key('Escape');
            await page.resize(WIDE.width, WIDE.height);
            await page.run(id => { location.hash = `#/${id}`; }, room);
            await inRoom(page);
        }
        await close(page);
    });

    test('what the bell shows stays in the window that is made narrow, also where the bell does not', async () => {
        const ann = server.person('Ann Berg');
        const page = await browser.open(`${server.base}/progress#token=${ann.token}`, { width: 1280 });
        await live(page);
        // In a room the list of rooms, with the bell, is behind the room then.
        const other = await enter(browser, server, ann, await server.room(ann), { width: 1280 });
        for (const one of [page, other]) {
            await one.click('.bell');
            await one.finds('.notes');
            await one.resize(NARROW.width, NARROW.height);
            await one.until('all of it in sight', width => {
                const box = document.querySelector('.popover')?.getBoundingClientRect();
                return box && innerWidth === width && box.left >= 0 && box.right <= innerWidth;
            }, NARROW.width);
        }
        assert.equal(await other.run(() => document.querySelector('.bell').checkVisibility()), false);
        await close(page, other);
    });

    test('whatever shows a drawing alone has a name and a tooltip', async () => {
        const [ann, bob] = [server.person('Ann Berg'), server.person('Bob Okafor')];
        const room = await server.room(ann);
        await server.say(bob, room, 'Hello Ann');
        const page = await enter(browser, server, ann, room);
        await page.hover('.message');
        const bare = () => [...document.querySelectorAll('button, a')].filter(one => {
            const words = [...one.childNodes].map(child => child.nodeType === 3 || child.nodeType === 1 && child.tagName !== 'svg' && !child.classList.contains('bell-count') ? child.textContent : '').join('').trim();
            return one.querySelector('svg') && !words && !(one.title && one.getAttribute('aria-label'));
        }).map(one => one.outerHTML.slice(0, 120));
        assert.deepEqual(await page.run(bare), []);
        await page.press('Find a room');
        await page.finds('dialog[open]');
        assert.deepEqual(await page.run(bare), []);
        await close(page);
    });
});

describe('badges that are announced to a room', { skip }, () => {
    let server, browser;
    staged(stage => { ({ server, browser } = stage); });

    const awards = page => page.run(() => [...document.querySelectorAll('.award')].map(one => one.innerText.trim()));

    test('the owner switches it on; a line says who earned what, and who earned it is told once', async () => {
        const [ann, bob, carol] = ['Ann Berg', 'Bob Okafor', 'Carol Diaz'].map(name => server.person(name));
        const room = await server.room(ann);
        const page = await enter(browser, server, ann, room);
        // Before it is switched on the room hears of no badge.
        await page.say('Welcome');
        await unread(page, 1);
        await page.click('[aria-label="Room menu"]');
        await page.press('Room settings…');
        await page.finds('dialog[open] [name=awards]');
        assert.equal(await page.run(() => document.querySelector('dialog[open] [name=awards]').checked), false);
        await page.click('dialog[open] [name=awards]');
        await picture(page, 'room-settings-awards');
        await page.press('Save');
        await page.findsNot('dialog[open]');
        assert.equal((await server.call('GET', `rooms/${room}`, undefined, ann)).announce_achievements, true);
        const own = await enter(browser, server, bob, room, { scripts: [STILL] });
        await own.say('Hello');
        await page.until('the line', () => [...document.querySelectorAll('.award')].some(one => one.innerText.trim() === 'Bob Okafor earned First words'));
        await page.until('it is read out', () => document.getElementById('announcer').textContent === 'Bob Okafor earned First words');
        await toast(own, 'Badge earned: First words — the first message');
        // Told to everybody in one order: when the next message is there, a line before it would be too.
        await server.say(ann, room, 'Well done');
        await own.has('Well done');
        assert.deepEqual(await awards(own), []);
        // It stands between what was said before and after it, and stays there.
        await page.has('Well done');
        const order = () => [...document.querySelectorAll('.message .text, .award')].map(one => one.innerText.trim());
        assert.deepEqual(await page.run(order), ['Welcome', 'Hello', 'Bob Okafor earned First words', 'Well done']);
        await picture(page, 'room-award');
        await page.colours(true);
        await page.resize(NARROW.width, NARROW.height, NARROW);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'room-award-narrow-dark');
        await page.resize(WIDE.width, WIDE.height);
        // Whom one has hidden, one hears nothing of.
        await server.call('PUT', `me/hidden/${carol.id}`, undefined, ann);
        await page.reload();
        await inRoom(page);
        await enter(browser, server, carol, room).then(async third => {
            await third.say('It is me');
            await own.until('her line', () => [...document.querySelectorAll('.award')].some(one => one.innerText.trim() === 'Carol Diaz earned First words'));
            await close(third);
        });
        await server.say(ann, room, 'And now?');
        await showsMessages(page, ['Welcome', 'Hello', 'Well done', 'You hid this person. Show message', 'And now?']);
        assert.deepEqual(await awards(page), []);
        await close(page, own);
    });

    test('a line that arrives moves nothing under the eyes of who reads further up', async () => {
        const [ann, bob] = [server.person('Ann Berg'), server.person('Bob Okafor')];
        const room = await server.room(ann, { announce_achievements: true });
        for (let i = 0; i < 40; i++) await server.say(ann, room, `Line ${i}`);
        const page = await enter(browser, server, ann, room, { height: 420 });
        await page.until('the newest', () => [...document.querySelectorAll('.message .text')].at(-1)?.innerText === 'Line 39');
        await page.run(() => { document.querySelector('.scroll').scrollTop = 100; });
        await page.finds('.pill');
        const place = () => [...document.querySelectorAll('.message')].map(one => one.getBoundingClientRect()).find(box => box.top > 100).top;
        const was = await page.run(place);
        await server.say(bob, room, 'Hello');
        await page.until('the line', () => document.querySelector('.award'));
        assert.equal(await page.run(place), was);
        await close(page);
    });
});

describe('notification settings', { skip }, () => {
    let server, browser, front, price, tell;
    staged(stage => { ({ server, browser, front, price, tell } = stage); });

    const open = async page => {
        await page.click('.bell');
        await page.press('Notification settings…');
        await page.finds('dialog[open]');
    };
    const put = (page, name, value) => page.run((field, text) => { document.querySelector(`dialog[open] [name=${field}]`).value = text; }, name, value);

    for (const [name, path] of Object.entries({ room: '', prices: 'prices', progress: 'progress' })) {
        test(`quiet hours, the time zone and what rings are set on the page of ${name}, and hold everywhere`, async () => {
            const ann = server.person('Ann Berg');
            const page = await browser.open(`${server.base}/${path}#token=${ann.token}`);
            await live(page);
            await open(page);
            await page.finds('dialog[open] [name=quiet]');
            assert.deepEqual(await page.run(() => ['quiet', 'begin', 'time_zone'].map(field => { const one = document.querySelector(`dialog[open] [name=${field}]`); return one.type === 'checkbox' ? one.checked : one.disabled ? 'off' : one.value; })), [false, 'off', 'UTC']);
            await page.click('dialog[open] [name=quiet]');
            await put(page, 'begin', '23:00');
            await put(page, 'end', '06:30');
            await put(page, 'time_zone', 'Atlantis/Capital');
            await page.click('dialog[open] [value=achievement]');
            page.expects = /preferences/;
            await page.press('Save');
            await page.until('the zone is refused', () => document.querySelector('dialog[open] [name=time_zone][aria-invalid]'));
            await picture(page, `notification-settings-refused-${name}`);
            await put(page, 'time_zone', 'America/Lima');
            await page.press('Save');
            await page.findsNot('dialog[open]');
            await page.has('Your notification settings are saved');
            assert.deepEqual(await server.call('GET', 'me/preferences', undefined, ann), { time_zone: 'America/Lima', quiet_hours: { from: '23:00', to: '06:30' }, muted: ['achievement'] });
            await open(page);
            await page.finds('dialog[open] [name=quiet]:checked');
            assert.deepEqual(await page.run(() => [...document.querySelectorAll('dialog[open] [name=rings]:checked')].map(one => one.value)), ['alert']);
            await page.colours(true);
            await page.resize(NARROW.width, NARROW.height, NARROW);
            assert.equal(await page.run(isSideways), false);
            await picture(page, `notification-settings-narrow-dark-${name}`);
            await page.resize(WIDE.width, WIDE.height);
            await page.colours(false);
            await picture(page, `notification-settings-${name}`);
            await page.click('dialog[open] [name=quiet]');
            await page.press('Save');
            await page.findsNot('dialog[open]');
            assert.equal((await server.call('GET', 'me/preferences', undefined, ann)).quiet_hours, null);
            await close(page);
        });
    }

    test('what is switched off does not ring, and waits behind the bell', async () => {
        const ann = server.person('Ann Berg');
        await server.call('PUT', 'me/preferences', { muted: ['achievement'] }, ann);
        const room = await server.room(ann);
        const page = await enter(browser, server, ann, room, { scripts: [STILL] });
        await server.call('POST', 'alerts', { symbol: 'ETH', operator: '<', value: '3000' }, ann);
        await page.say('Hello');
        const told = async () => (await server.call('GET', 'me/notifications', undefined, ann)).notifications;
        for (const end = Date.now() + 30_000; !(await told()).length;) assert.ok(Date.now() < end, 'the badge came');
        // It is counted at once.
        await unread(page, 1);
        // What rings comes behind it.
        await price('ETH', '2999.5');
        await toast(page, 'ETH fell below 3,000: now 2,999.50');
        assert.equal(await page.run(() => document.querySelectorAll('.toast').length), 1);
        await page.reload();
        await unread(page, 2);
        await page.click('.bell');
        await page.has('Badge earned: First words');
        await close(page);
    });

    test('what came silently is there when one comes back to the page, and when one opens the bell', async () => {
        const ann = server.person('Ann Berg');
        await server.call('PUT', 'me/preferences', { muted: ['export'] }, ann);
        const page = await browser.open(`${server.base}/progress#token=${ann.token}`, { scripts: [STILL] });
        await live(page);
        await unread(page, 0);
        const comeBack = () => page.run(() => { document.dispatchEvent(new Event('visibilitychange')); });
        const lists = wanted => page.until(`the list ${wanted}`, list => JSON.stringify([...document.querySelectorAll('.note-row.is-unread b')].map(one => one.textContent)) === JSON.stringify(list), wanted);
        await tell(ann, 'One');
        await comeBack();
        await unread(page, 1);
        await tell(ann, 'Two');
        await page.click('.bell');
        await lists(['Two', 'One']);
        await unread(page, 0);
        // And into the list that is open.
        await tell(ann, 'Three');
        await comeBack();
        await lists(['Three', 'Two', 'One']);
        await unread(page, 0);
        assert.equal(await page.run(() => document.querySelectorAll('.toast').length), 0);
        await close(page);
    });

    test('loading looks like it; what cannot be read says so and is tried again; what cannot be saved stays as it is', async () => {
        const ann = server.person('Ann Berg');
        const page = await browser.open(`${front.base}/progress#token=${ann.token}`);
        page.expects = /preferences/;
        await live(page);
        let go;
        const held = new Promise(done => { go = done; });
        const error = { status: 503, body: { code: 'unavailable', detail: 'The settings cannot be read.' } };
        let off = front.on('GET', 'me/preferences', async () => { await held; return error; });
        await open(page);
        await page.finds('dialog[open] .skeleton');
        assert.equal(await page.run(() => document.querySelector('dialog[open] [type=submit]').disabled), true);
        await picture(page, 'notification-settings-loading');
        go();
        await page.has('The settings cannot be read. (r_stub)');
        await picture(page, 'notification-settings-error');
        off();
        off = front.on('GET', 'me/preferences', () => 'cut');
        await page.press('Try again');
        await page.has('The server cannot be reached.');
        await picture(page, 'notification-settings-offline');
        off();
        // They are asked for by themselves when the line is back.
        front.cut();
        await page.finds('dialog[open] [name=quiet]');
        off = front.on('PUT', 'me/preferences', () => 'cut');
        await page.click('dialog[open] [value=alert]');
        await page.press('Save');
        await page.until('a problem', () => document.querySelector('dialog[open] .problem').textContent === 'The server cannot be reached.');
        assert.equal(await page.run(() => document.querySelector('dialog[open] [value=alert]').checked), false);
        off();
        await page.press('Save');
        await page.findsNot('dialog[open]');
        assert.deepEqual((await server.call('GET', 'me/preferences', undefined, ann)).muted, ['alert']);
        await close(page);
    });
});
