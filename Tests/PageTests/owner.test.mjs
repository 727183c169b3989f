// What owners and moderators do with a room and its people.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, inRoom, skip } from './server.mjs';

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

describe('an owner’s room', { skip }, () => {
    let server, browser, ann, bob, room;
    before(async () => {
        server = await Server.start({ settings: { AUDIT_COUNT_MS: 100 } });
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });
    beforeEach(async () => {
        [ann, bob] = [server.person('Ann Berg'), server.person('Bob Okafor')];
        room = await server.room(ann);
    });

    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };
    const menuOf = async (page, name) => {
        await page.until(name, wanted => {
            const row = [...document.querySelectorAll('.person')].find(one => one.querySelector('bdi').innerText === wanted);
            row?.click();
            return Boolean(row);
        }, name);
        await page.finds('[role=menu]');
    };
    const menu = async (page, item) => {
        await page.press('Room menu');
        await page.press(item);
    };

    test('the room is handed over: one owner at a time, each sees what they may do from then on', async () => {
        const a = await enter(browser, server, ann, room);
        const b = await enter(browser, server, bob, room);
        await a.has('Bob Okafor');
        await menuOf(a, 'Bob Okafor');
        await a.press('Owner…');
        await a.has('Hand the room to Bob Okafor?');
        await a.press('Hand over');
        await a.findsNot('dialog');
        const tags = page => page.until('the roles', () => {
            const rows = Object.fromEntries([...document.querySelectorAll('.person')].map(one => [one.querySelector('bdi').innerText, one.querySelector('.tag')?.innerText]));
            return rows['Bob Okafor'] === 'Owner' && rows['Ann Berg'] === 'Moderator';
        });
        await tags(a);
        await b.reload();
        await inRoom(b);
        await tags(b);
        await menu(b, 'Room settings…');
        await b.finds('dialog [name=type]');
        await b.key('Escape');
        await menu(a, 'Room settings…');
        await a.finds('dialog [name=slow]');
        await a.findsNot('dialog [name=type]');
        await a.key('Escape');
        await menuOf(a, 'Bob Okafor');
        await a.hasNot('Ban…');
        await a.key('Escape');
        await menu(a, 'What moderators did');
        await a.has('Ann Berg handed the room to Bob Okafor');
        await close(a, b);
    });

    test('somebody who never came is banned by id, with an end and a reason, and the ban is lifted', async () => {
        const a = await enter(browser, server, ann, room);
        await menu(a, 'Banned people');
        await a.has('Nobody is banned.');
        await a.press('Ban somebody…');
        await a.finds('dialog [name=user]');
        await a.type(bob.id);
        await a.run(() => { document.querySelector('dialog [name=span]').value = 'day'; });
        await a.click('dialog [name=reason]');
        await a.type('Spam elsewhere');
        await a.press('Ban');
        await a.has('Spam elsewhere');
        await a.has('by Ann Berg, just now');
        const { bans: [ban] } = await server.call('GET', `rooms/${room}/bans`, undefined, ann);
        assert.ok(Math.abs(ban.until - Date.now() - 86_400_000) < 60_000);
        await picture(a, 'bans-wide');
        await a.press(`Lift the ban of ${bob.id}`);
        await a.has('Nobody is banned.');
        await a.key('Escape');
        await a.findsNot('dialog');
        assert.ok(await a.run(() => document.activeElement.getAttribute('aria-label') === 'Room menu'));
        await menu(a, 'What moderators did');
        await a.has(`Ann Berg banned ${bob.id}`);
        await a.has(`Ann Berg lifted the ban of ${bob.id}`);
        // Whoever has a name is called by it, and the id tells namesakes apart.
        assert.ok(await a.run((id, stranger) => {
            const names = [...document.querySelectorAll('.record bdi')];
            return names.some(one => one.innerText === 'Ann Berg' && one.title === id) && names.some(one => one.innerText === stranger && one.title === stranger);
        }, ann.id, bob.id));
        await picture(a, 'record-wide');
        await close(a);
    });

    test('the record goes back page by page', async () => {
        for (let i = 0; i < 60; i++) await server.call('PATCH', `rooms/${room}`, { slow_mode_ms: (i + 1) * 1_000 }, ann);
        const a = await enter(browser, server, ann, room);
        await menu(a, 'What moderators did');
        await a.until('a page', () => document.querySelectorAll('dialog .record').length === 50);
        await a.press('Show more');
        await a.until('the rest', () => document.querySelectorAll('dialog .record').length === 60);
        await a.hasNot('Show more');
        await close(a);
    });

    test('an invitation lasts as long as one says', async () => {
        const a = await enter(browser, server, ann, room);
        await menu(a, 'Invite people…');
        await a.run(() => { document.querySelector('dialog [name=span]').value = '1'; });
        await a.press('Make a link');
        await a.has('Good for: a day. The code alone:');
        await a.has('Everybody may enter this room; a link brings them here.');
        await a.findsNot('dialog .inline-form');
        await a.key('Escape');
        await server.call('PATCH', `rooms/${room}`, { type: 'private', locked: true }, ann);
        await a.has('Locked');
        await menu(a, 'Invite people…');
        await a.has('A link lets in whoever has it. While the room is locked, nobody new may enter.');
        await a.finds('dialog .inline-form');
        await close(a);
    });

    test('what was refused is in the record as refused, by name', async () => {
        const b = await enter(browser, server, bob, room);
        await assert.rejects(server.call('PATCH', `rooms/${room}`, { slow_mode_ms: 1_000 }, bob), /403/);
        const a = await enter(browser, server, ann, room);
        for (;;) {
            const { entries } = await server.call('GET', `rooms/${room}/audit`, undefined, ann);
            if (entries.some(entry => entry.outcome !== 'done')) break;
        }
        await menu(a, 'What moderators did');
        await a.has('Bob Okafor was refused changing the settings');
        await close(a, b);
    });

    test('a moderator sees what was done, and on a small screen too; a member has no such menu', async () => {
        const b = await enter(browser, server, bob, room, { width: 360, height: 740, isTouch: true, isDark: true });
        await b.press('Room menu');
        await b.hasNot('What moderators did');
        await b.key('Escape');
        await server.call('PUT', `rooms/${room}/members/${bob.id}`, { role: 'moderator' }, ann);
        await b.reload();
        await inRoom(b);
        await menu(b, 'What moderators did');
        await b.has('Ann Berg made Bob Okafor a moderator');
        assert.equal(await b.run(() => document.documentElement.scrollWidth > innerWidth), false);
        await picture(b, 'record-narrow-dark');
        await close(b);
    });
});
