// What is too long, what is refused, what is long, and what is known of others while the line is down.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, inRoom, showsMessages, skip } from './server.mjs';

/** As if pasted: the browser's own way takes long for so much. */
const fillIn = (page, text) => page.run(value => {
    const input = document.querySelector('.below .composer-input');
    input.focus();
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
}, text);
const written = page => page.run(() => document.querySelector('.below .composer-input').value);
const counted = (page, text) => page.until(`the count "${text}"`, wanted => (document.querySelector('.below .composer-count:not([hidden])')?.innerText ?? '') === wanted, text);

describe('writing', { skip }, () => {
    let server, browser, ann, bob;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
        [ann, bob] = [server.person('Ann Berg'), server.person('Bob Okafor')];
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });
    const close = async (...pages) => {
        for (const page of pages) {
            assert.deepEqual(page.errors, []);
            await page.close();
        }
    };

    test('near the bound the rest is counted in bytes, beyond it nothing is sent and nothing lost', async () => {
        const room = await server.room(ann);
        const page = await enter(browser, server, ann, room);
        await fillIn(page, 'x'.repeat(30_000));
        await counted(page, '');
        await fillIn(page, 'é'.repeat(16_000));
        await counted(page, '768 bytes left');
        await fillIn(page, `${'x'.repeat(32_768)} \n`);
        await counted(page, '0 bytes left');
        await fillIn(page, 'x'.repeat(32_770));
        await counted(page, '2 bytes too long');
        assert.ok(await page.run(() => document.querySelector('.below .send').disabled));
        assert.equal(await page.run(() => document.querySelector('.below .composer-input').getAttribute('aria-invalid')), 'true');
        await page.key('Enter');
        assert.equal((await written(page)).length, 32_770);
        assert.equal(await page.run(() => document.querySelectorAll('.message').length), 0);
        await page.key('Backspace');
        await page.key('Backspace');
        await counted(page, '0 bytes left');
        await page.key('Enter');
        await page.until('it has arrived', () => document.querySelector('.message:not(.is-outgoing)'));
        await counted(page, '');
        assert.equal(await written(page), '');
        await close(page);
    });

    test('in a room with receipts one\'s own messages have a tick, two once all have them, coloured once all have read them', async () => {
        const room = await server.room(ann);
        await server.call('PATCH', `rooms/${room}`, { receipts: true }, ann);
        const a = await enter(browser, server, ann, room);
        await a.say('to an empty room');
        await a.finds('.message .receipt.is-sent');
        assert.equal(await a.run(() => document.querySelectorAll('.receipt .icon').length), 1);
        const b = await enter(browser, server, bob, room);
        await a.say('hello Bob');
        // Bob's window is in front: he reads what it shows.
        await a.finds('.receipt.is-read');
        assert.equal(await a.run(() => document.querySelectorAll('.receipt.is-sent').length), 1);
        assert.equal(await a.run(() => document.querySelector('.receipt.is-read').title), 'Read by all who were here');
        assert.equal(await b.run(() => document.querySelectorAll('.receipt').length), 0);
        await close(a, b);
    });

    test('a refused message can be written otherwise, with what was begun meanwhile below it', async () => {
        const room = await server.room(ann);
        const page = await enter(browser, server, bob, room);
        await server.call('PATCH', `rooms/${room}`, { slow_mode_ms: 3_600_000 }, ann);
        await page.has('Slow mode');
        await page.say('the first');
        await page.has('the first');
        await page.findsNot('.is-outgoing');
        await page.say('the secnd');
        await page.finds('.is-refused');
        await page.has('you may write again at');
        await page.write('a third');
        await page.press('Edit');
        await page.findsNot('.is-refused');
        assert.equal(await written(page), 'the secnd\na third');
        await page.until('the focus', () => document.activeElement.matches('.below .composer-input'));
        await close(page);
    });

    test('an edit that is refused keeps what was typed', async () => {
        const room = await server.room(ann);
        const page = await enter(browser, server, ann, room);
        await page.say('teh proof');
        await page.findsNot('.is-outgoing');
        await page.key('ArrowUp');
        await page.has('Editing your message');
        await server.stop('SIGKILL');
        await page.has('Offline since');
        await fillIn(page, 'the proof');
        await page.key('Enter');
        await page.has('Editing your message');
        assert.equal(await written(page), 'the proof');
        await server.start();
        await page.press('Try now').catch(() => {});
        await page.findsNot('.connection-bar');
        await inRoom(page);
        await page.press('Save');
        await page.has('(edited)');
        await showsMessages(page, ['the proof (edited)']);
        await close(page);
    });

    test('nobody types and nobody is vouched for while the line is down', async () => {
        const room = await server.room(ann);
        const [a, b] = [await enter(browser, server, ann, room), await enter(browser, server, bob, room)];
        await a.has('Here now · 2');
        const dot = page => page.run(() => getComputedStyle(document.querySelector('.presence-dot')).backgroundColor);
        const green = await dot(a);
        await b.write('I was about to say');
        await a.has('Bob Okafor is typing');
        await server.stop('SIGKILL');
        await a.hasNot('is typing');
        await a.has('Last seen here');
        assert.notEqual(await dot(a), green);
        assert.equal(await a.run(() => document.querySelector('.people').textContent.includes('present')), false);
        await server.start();
        await a.has('Here now · 2');
        assert.equal(await dot(a), green);
        await close(a, b);
    });

    test('who has written is not typing any more', async () => {
        const room = await server.room(ann);
        const [a, b] = [await enter(browser, server, ann, room), await enter(browser, server, bob, room)];
        await a.run(() => {
            // The word that typing stopped and the message must take effect together.
            window.both = 0;
            const look = () => {
                const isThere = [...document.querySelectorAll('.message .text')].some(one => one.innerText === 'done');
                if (isThere && document.querySelector('.typing').innerText) window.both++;
            };
            new MutationObserver(look).observe(document.querySelector('.room'), { childList: true, subtree: true });
        });
        await b.write('done');
        await a.has('Bob Okafor is typing');
        await b.key('Enter');
        await a.until('the message', () => [...document.querySelectorAll('.message .text')].some(one => one.innerText === 'done'));
        await a.hasNot('is typing');
        assert.equal(await a.run(() => window.both), 0);
        await close(a, b);
    });

    test('a ban tells the moderator’s words', async () => {
        const room = await server.room(ann);
        const page = await enter(browser, server, bob, room);
        await server.call('POST', `rooms/${room}/bans`, { user: bob.id, reason: 'Advertising, the <b>third</b> time' }, ann);
        await page.has('You were banned from this room');
        await page.has('The moderator wrote: “Advertising, the <b>third</b> time”');
        await page.findsNot('.composer');
        await close(page);
    });

    test('a long message is folded, opens by keyboard, and stays where it is read', async () => {
        const room = await server.room(ann);
        const lines = Array.from({ length: 120 }, (_, i) => `Line ${i + 1} of the lecture notes`);
        await server.say(ann, room, lines.join('\n'));
        await server.say(ann, room, `\`\`\`\n${lines.join('\n')}\n\`\`\``);
        const page = await enter(browser, server, bob, room);
        await page.has('Show more');
        await page.hasNot('Line 100 of');
        assert.equal(await page.run(() => document.querySelectorAll('.code-block').length), 1);
        const button = () => document.querySelector('.message .foldable > .button');
        await page.run(`() => (${button})().focus()`);
        const top = await page.run(() => document.querySelector('.message .text').getBoundingClientRect().top);
        await page.key('Enter');
        await page.has('Line 100 of');
        assert.deepEqual(await page.run(() => [document.activeElement.innerText, document.activeElement.getAttribute('aria-expanded')]), ['Show less', 'true']);
        assert.ok(await page.run(was => document.querySelector('.message .text').getBoundingClientRect().top <= was, top));
        await page.key('Enter');
        await page.until('folded', () => !document.querySelector('.message .text').innerText.includes('Line 100 of'));
        await close(page);
    });
});
