import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, inRoom, showsMessages, skip } from './server.mjs';

describe('when the server goes away', { skip }, () => {
    let server, browser, ann, bob;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
        [ann, bob] = await Promise.all([server.person('Ann Berg'), server.person('Bob Okafor')]);
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('killed in mid-sentence: what was written meanwhile goes out once, in order, and nothing is lost', async () => {
        const room = await server.room(ann);
        const [a, b] = [await enter(browser, server, ann, room), await enter(browser, server, bob, room)];
        await a.say('before');
        await b.has('before');
        await a.write('in the mid');
        await server.stop('SIGKILL');
        await a.has('Offline since');
        await a.type('dle');
        await a.key('Enter');
        await a.say('and after');
        await a.has('Waiting for the connection');
        await server.start();
        await a.press('Try now').catch(() => {});
        for (const page of [a, b]) {
            await page.has('and after');
            await page.findsNot('.connection-bar');
        }
        await a.findsNot('.is-outgoing');
        for (const page of [a, b]) {
            await showsMessages(page, ['before', 'in the middle', 'and after']);
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    });

    test('the outbox survives a reload while the server is away', async () => {
        const room = await server.room(ann);
        const a = await enter(browser, server, ann, room);
        await a.say('one');
        await a.findsNot('.is-outgoing');
        await server.stop('SIGKILL');
        await a.has('Offline since');
        await a.say('two');
        await a.say('three');
        await a.has('Waiting for the connection');
        await server.start();
        await a.reload();
        await inRoom(a);
        await a.until('all three', () => document.querySelectorAll('.message:not(.is-outgoing)').length === 3);
        await a.findsNot('.is-outgoing');
        await showsMessages(a, ['one', 'two', 'three']);
        await a.close();
    });

    test('a drain is come back from by itself', async () => {
        const room = await server.room(ann);
        const a = await enter(browser, server, ann, room);
        await server.stop('SIGTERM');
        await server.start();
        await server.say(bob, room, 'I wrote while you were away');
        await a.has('I wrote while you were away');
        await a.findsNot('.connection-bar');
        await a.close();
    });

    test('a message refused for good says why, and can be written otherwise or taken back', async () => {
        const room = await server.room(ann);
        const a = await enter(browser, server, ann, room);
        // This page does not let such go out; what another one left in the outbox it has to send.
        await a.run((id, owner) => {
            for (const [clientId, word] of [['c-1', 'long '], ['c-2', 'much ']]) {
                const entry = { clientId, room: id, content: word.repeat(20_000), replyTo: null, at: Date.now(), serial: 0, status: 'waiting' };
                localStorage.setItem(`stoa.outbox.${owner}.${clientId}`, JSON.stringify(entry));
            }
        }, room, ann.id);
        await a.reload();
        await a.until('both', () => document.querySelectorAll('.is-refused').length === 2);
        await a.has('too long');
        assert.equal(await a.run(() => document.querySelector('.is-refused').innerText.includes('Try again')), false);
        await a.press('Edit');
        await a.has('67,231 bytes too long');
        assert.match(await a.run(() => document.querySelector('.below .composer-input').value), /^(long|much) /);
        await a.press('Delete');
        await a.findsNot('.is-refused');
        await a.close();
    });
});
