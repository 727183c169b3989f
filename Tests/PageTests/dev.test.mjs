// The link that a server prints for whoever tries it: every window that opens it is somebody of its own.

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
