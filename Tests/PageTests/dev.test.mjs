// The link that a server prints for whoever tries it: every window of the rooms is somebody of its own, and windows of other
// pages are the person whom the browser knew last.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, inRoom, showsMessages, skip } from './server.mjs';

const nameOf = page => page.until('a name', () => document.querySelector('.me-name')?.textContent);
const idOf = page => page.run(() => JSON.parse(atob(sessionStorage.getItem('stoa.token').split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub);

describe('the link of a server in development', { skip }, () => {
    let server, browser;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    /** A window of the same browser: it shares localStorage with the first, not sessionStorage. */
    const windows = async () => {
        const a = await browser.open(server.link);
        const b = await browser.open(server.link, { profile: a.profile });
        await Promise.all([inRoom(a), inRoom(b)]);
        return [a, b];
    };
    const close = async pages => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };

    test('opened in two windows it is two people, in a room, without a question, and they talk', async () => {
        const [a, b] = await windows();
        assert.notEqual(await idOf(a), await idOf(b));
        assert.ok(!(await a.run(() => location.href)).includes('token'));
        for (const page of [a, b]) await page.has('Here now · 2');
        await a.say('Is anybody here?');
        await b.has('Is anybody here?');
        await b.say('I am');
        await a.has('I am');
        await showsMessages(a, ['Is anybody here?', 'I am']);
        await close([a, b]);
    });

    test('a reload and the link once more keep the person', async () => {
        const [a, b] = await windows();
        const id = await idOf(a);
        await a.reload();
        await inRoom(a);
        assert.equal(await idOf(a), id);
        await a.go('about:blank');
        await a.go(server.link);
        await inRoom(a);
        assert.equal(await idOf(a), id);
        await close([a, b]);
    });

    test('the bare address is enough, and the link pasted over an open page does no harm', async () => {
        const page = await browser.open(server.base);
        await inRoom(page);
        const id = await idOf(page);
        await page.go(server.link);
        await page.until('the link is gone', () => !location.href.includes('token') && document.querySelector('.dot.is-live'));
        await inRoom(page);
        assert.equal(await idOf(page), id);
        await close([page]);
    });

    test('a duplicated window becomes somebody of its own', async () => {
        const page = await browser.open(server.link);
        await inRoom(page);
        const copy = await page.duplicate();
        await inRoom(copy);
        assert.notEqual(await idOf(copy), await idOf(page));
        await page.has('Here now · 2');
        await page.reload();
        await inRoom(page);
        await page.has('Here now · 2');
        await close([copy, page]);
    });

    test('one says who one is, and others see it', async () => {
        const [a, b] = await windows();
        const was = await nameOf(a);
        await b.has(was);
        await a.has(`You are ${was}`);
        await a.press('change');
        await a.finds('dialog input[name=name]');
        await a.run(() => document.querySelector('dialog input[name=name]').select());
        await a.type('Zoë Åberg');
        await a.press('Change');
        await a.has('You are Zoë Åberg');
        await inRoom(a);
        assert.equal(await nameOf(a), 'Zoë Åberg');
        await b.until('the new name among the people', () => document.querySelector('.people').innerText.includes('Zoë Åberg'));
        await a.say('It is me');
        await b.until('the author', () => [...document.querySelectorAll('.author')].some(one => one.innerText === 'Zoë Åberg'));
        await close([a, b]);
    });

    test('starting as somebody new asks nothing', async () => {
        const page = await browser.open(server.link);
        await inRoom(page);
        const id = await idOf(page);
        await page.click('.me');
        await page.press('Start as somebody new');
        await page.until('another', old => { const token = sessionStorage.getItem('stoa.token'); return token && !atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')).includes(old); }, id);
        await inRoom(page);
        await close([page]);
    });

    const onPage = page => page.finds('.price-page, .progress-page');
    const signOut = async page => {
        await page.click('.me');
        await page.press('Start as somebody new');
    };
    const becomesAnother = (page, old) => page.until('another person', id => {
        const token = sessionStorage.getItem('stoa.token');
        return token && JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub !== id && document.querySelector('.me-name');
    }, old);

    test('windows of prices and progress are the same person as the room before them, and two rooms are two people', async () => {
        const room = await browser.open(server.link);
        await inRoom(room);
        const { profile } = room;
        const others = [];
        for (const path of ['prices', 'progress']) {
            const page = await browser.open(`${server.base}/${path}`, { profile });
            await onPage(page);
            assert.equal(await idOf(page), await idOf(room), path);
            assert.equal(await nameOf(page), await nameOf(room));
            others.push(page);
        }
        const second = await browser.open(server.link, { profile });
        await inRoom(second);
        assert.notEqual(await idOf(second), await idOf(room));
        await room.has('Here now · 2');
        // Each keeps its own, whoever was last.
        for (const page of [room, ...others]) {
            const id = await idOf(page);
            await page.reload();
            await page.finds('.me-name');
            assert.equal(await idOf(page), id);
        }
        await close([second, ...others, room]);
    });

    test('a room that opens behind a page of prices is the same person; links between pages keep them', async () => {
        const prices = await browser.open(`${server.base}/prices`);
        await onPage(prices);
        const id = await idOf(prices);
        const room = await browser.open(server.base, { profile: prices.profile });
        await inRoom(room);
        assert.equal(await idOf(room), id);
        await room.press('Progress');
        await onPage(room);
        assert.equal(await idOf(room), id);
        await room.press('Rooms');
        await inRoom(room);
        assert.equal(await idOf(room), id);
        await close([prices, room]);
    });

    test('the browser knows its person after all windows are closed, by the name chosen last', async () => {
        const room = await browser.open(server.link);
        await inRoom(room);
        const id = await idOf(room);
        const keeper = await browser.open('about:blank', { profile: room.profile });
        await room.press('change');
        await room.finds('dialog input[name=name]');
        await room.run(() => document.querySelector('dialog input[name=name]').select());
        await room.type('Zoë Åberg');
        await room.press('Change');
        await room.has('You are Zoë Åberg');
        await inRoom(room);
        await close([room]);
        await keeper.go(`${server.base}/progress`);
        await onPage(keeper);
        assert.equal(await idOf(keeper), id);
        assert.equal(await nameOf(keeper), 'Zoë Åberg');
        // The window that is closed has given them back.
        await keeper.press('Rooms');
        await inRoom(keeper);
        assert.equal(await idOf(keeper), id);
        await close([keeper]);
    });

    test('starting as somebody new on any page is somebody new, and others stay who they are', async () => {
        const room = await browser.open(server.link);
        await inRoom(room);
        const id = await idOf(room);
        const prices = await browser.open(`${server.base}/prices`, { profile: room.profile });
        await onPage(prices);
        await signOut(prices);
        await becomesAnother(prices, id);
        await onPage(prices);
        assert.equal(await idOf(room), id);
        await room.reload();
        await inRoom(room);
        assert.equal(await idOf(room), id);
        await close([prices, room]);
    });

    test('a person whom the server no longer takes is somebody new, without a question', async () => {
        const first = await browser.open(server.link);
        await inRoom(first);
        const { profile } = first;
        const id = await idOf(first);
        first.expects = /api\/v1/;
        await first.run(() => {
            const spoilt = token => `${token.slice(0, -6)}AAAAAA`;
            const last = JSON.parse(localStorage.getItem('stoa.person'));
            localStorage.setItem('stoa.person', JSON.stringify({ ...last, token: spoilt(last.token) }));
            sessionStorage.setItem('stoa.token', spoilt(sessionStorage.getItem('stoa.token')));
        });
        const prices = await browser.open('about:blank', { profile });
        prices.expects = /auth\/dev/;
        await prices.go(`${server.base}/prices`);
        await onPage(prices);
        assert.notEqual(await idOf(prices), id);
        await prices.finds('.dot.is-live');
        const known = await idOf(prices);
        // A window's own too; the next one in line is the browser's last person, who is free.
        await first.reload();
        await inRoom(first);
        assert.equal(await idOf(first), known);
        await close([prices, first]);
    });

    test('without storage of the browser each window is somebody, and nothing is asked', async () => {
        const scripts = [`Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });`];
        const page = await browser.open(`${server.base}/progress`, { scripts });
        await onPage(page);
        assert.ok(await idOf(page));
        await page.close();
    });

    test('a person whom a site signed in has no name to choose', async () => {
        const page = await browser.open(server.linkFor(server.person('Ann Berg')));
        await inRoom(page);
        await page.findsNot('.own-name');
        await page.click('.me');
        await page.finds('[role=menu]');
        await page.hasNot('Change name');
        await page.has('Sign out');
        await close([page]);
    });
});
