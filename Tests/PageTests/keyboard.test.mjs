import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, skip } from './server.mjs';

const focused = page => page.run(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText.trim());

describe('by keyboard and by ear', { skip }, () => {
    let server, browser, ann, bob, page, room;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
        [ann, bob] = await Promise.all([server.person('Ann Berg'), server.person('Bob Okafor')]);
        room = await server.room(ann);
        await server.say(bob, room, 'Hello Ann');
        // Only members can be mentioned.
        await enter(browser, server, bob, room);
        page = await enter(browser, server, ann, room);
    });
    after(async () => {
        assert.deepEqual(page?.errors ?? [], []);
        await browser?.close();
        await server?.close();
    });

    test('Enter sends, Shift+Enter breaks the line', async () => {
        await page.write('first line');
        await page.key('Enter', { shift: true });
        await page.type('second line');
        await page.key('Enter');
        await page.until('two lines', () => [...document.querySelectorAll('.text')].some(one => one.innerText === 'first line\nsecond line'));
    });

    test('the composer grows to eight lines and no further', async () => {
        const height = () => document.querySelector('.composer-input').getBoundingClientRect().height;
        await page.write('one');
        const one = await page.run(height);
        for (let i = 0; i < 20; i++) {
            await page.key('Enter', { shift: true });
            await page.type('more');
        }
        const many = await page.run(height);
        assert.ok(many > one * 4 && many < one * 9, `${one} to ${many}`);
        await page.run(() => document.querySelector('.composer-input').select());
        await page.key('Backspace');
    });

    test('@ completes people, : completes emoji', async () => {
        await page.write('@bo');
        await page.finds('.completion [role=option]');
        await page.key('Enter');
        await page.type(':tada');
        await page.finds('.completion [role=option]');
        await page.key('Tab');
        assert.equal(await page.run(() => document.querySelector('.composer-input').value), '@Bob Okafor 🎉');
        await page.key('Enter');
        await page.finds('.mention');
    });

    test('M goes to the messages, arrows move, R replies, Escape comes back', async () => {
        await page.run(() => document.activeElement.blur());
        await page.key('m');
        await page.until('a message', () => document.activeElement.matches('.message'));
        await page.key('Home');
        assert.match(await focused(page), /^Bob Okafor, .*Hello Ann/);
        await page.key('r');
        await page.has('Replying to Bob Okafor');
        await page.key('Escape');
        await page.hasNot('Replying to');
        await page.until('the composer', () => document.activeElement.matches('.composer-input'));
    });

    test('Enter on a message opens its menu, Escape gives the focus back', async () => {
        await page.run(() => document.querySelector('.message').focus());
        await page.key('Enter');
        await page.finds('[role=menu]');
        await page.key('ArrowDown');
        await page.key('Escape');
        await page.findsNot('[role=menu]');
        assert.ok(await page.run(() => Boolean(document.activeElement.closest('.message'))));
    });

    test('? lists the keys, / searches, Ctrl+K finds rooms; Escape closes each', async () => {
        for (const [key, options, words] of [['?', { shift: true }, 'Edit my last message'], ['/', {}, 'Finds words in everything'], ['k', { ctrl: true }, 'Find a room']]) {
            await page.run(() => document.activeElement.blur());
            await page.key(key, options);
            await page.has(words);
            await page.key('Escape');
            await page.findsNot('dialog[open]');
        }
    });

    test('the focus goes rooms, head, composer, people, and is always visible', async () => {
        await page.run(() => { document.activeElement.blur(); document.querySelector('.rail-head button').focus(); });
        const order = [];
        for (let i = 0; i < 30; i++) {
            order.push(await page.run(() => ['rail', 'room-head', 'scroll', 'below', 'side'].find(name => document.activeElement.closest(`.${name}`)) ?? 'none'));
            await page.key('Tab');
        }
        const parts = order.filter((part, i) => part !== order[i - 1] && part !== 'none').slice(0, 5);
        assert.deepEqual(parts.filter(part => part !== 'scroll'), ['rail', 'room-head', 'below', 'side']);
        await page.run(() => document.querySelector('.rail-head button').focus());
        await page.key('Tab');
        assert.notEqual(await page.run(() => getComputedStyle(document.activeElement).outlineStyle), 'none');
    });

    test('every control and field has a name', async () => {
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        const nameless = nodes.filter(node => !node.ignored && /^(button|link|textbox|searchbox|combobox|tab|menuitem|checkbox|navigation|complementary|main|log|dialog)$/.test(node.role?.value) && !node.name?.value);
        assert.deepEqual(nameless.map(node => node.role.value), []);
    });

    test('a long press opens the actions by touch', async () => {
        await page.resize(360, 740, { isTouch: true });
        await page.finds('.message');
        const point = await page.run(() => { const box = [...document.querySelectorAll('.message .text')].at(-1).getBoundingClientRect(); return { x: box.x + 20, y: box.y + 8 }; });
        await page.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
        await page.finds('[role=menu]');
        await page.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
        await page.press('Reply');
        await page.has('Replying to');
        await page.press('Do not reply');
        await page.resize(1440, 900);
    });

    test('new messages are announced once, in words', async () => {
        await server.say(bob, room, 'Listen to this');
        await page.until('the announcement', () => document.getElementById('announcer').textContent === 'Bob Okafor: Listen to this');
        assert.equal(await page.run(() => document.getElementById('announcer').getAttribute('aria-live')), 'polite');
    });
});
