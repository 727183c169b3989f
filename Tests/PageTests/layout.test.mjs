// Widths, themes and states; with SCREENSHOTS=folder a picture of each, for somebody to look at.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, skip } from './server.mjs';

const SIZES = { wide: { width: 1440, height: 900 }, medium: { width: 1000, height: 760 }, narrow: { width: 360, height: 740, isTouch: true } };

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const isSideways = () => document.documentElement.scrollWidth > innerWidth;

describe('at every width and in both themes', { skip }, () => {
    let server, browser, people, room;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
        people = Object.fromEntries(await Promise.all(['Ann Berg', 'Bob Okafor', 'Chiara Rossi', 'Dmitri Volkov', 'Élodie Martin'].map(async name => [name.split(' ')[0], await server.person(name)])));
        const { Ann, Bob, Chiara, Dmitri } = people;
        room = await server.room(Ann, { description: 'Strang, chapters 1–7. Questions welcome at any hour.' });
        for (const [name, description] of [['Topology reading group', 'Munkres, Thursdays at six'], ['Exam week', ''], ['Coffee corner', 'Off topic']]) await server.room(Ann, { name, description });
        const first = await server.say(Ann, room, 'Morning! Today: eigenvalues. Please have **section 6.1** read before we start.');
        await server.say(Ann, room, 'Slides are at https://example.org/algebra/6.1 (and the exercises too).');
        await server.say(Bob, room, 'I get stuck at the characteristic polynomial. Is `det(A − λI) = 0` always solvable?');
        await server.say(Chiara, room, 'Over ℂ, yes. Over ℝ not necessarily: think of a rotation.');
        await server.say(Dmitri, room, '> Over ℝ not necessarily\nRight, and here is the matrix:\n```python\nimport numpy as np\nR = np.array([[0, -1], [1, 0]])\nprint(np.linalg.eigvals(R))  # [0.+1.j  0.-1.j]\n```');
        await server.say(Bob, room, 'Could you show the 3×3 case as well?', { reply_to: first.message_id });
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('sign-in card', async () => {
        const strict = await Server.start({ isDev: false });
        const page = await browser.open(strict.base);
        await page.finds('input[name=token]');
        for (const [size, box] of Object.entries(SIZES)) {
            await page.resize(box.width, box.height, box);
            assert.equal(await page.run(isSideways), false);
            await picture(page, `sign-in-${size}`);
        }
        await page.close();
        await strict.close();
    });

    test('a first visit: no rooms, and how to get into one', async () => {
        const newcomer = await server.person('Farid Haddad');
        const page = await browser.open(server.linkFor(newcomer));
        await page.has('You are in no room yet');
        await picture(page, 'first-visit-wide');
        await page.resize(360, 740, SIZES.narrow);
        await picture(page, 'first-visit-narrow');
        await page.press('Find a room');
        await page.has('Topology reading group');
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'browse-narrow');
        await page.close();
    });

    test('the conversation in all sizes and themes, never sideways', async () => {
        const { Ann, Bob, Élodie } = people;
        const bob = await enter(browser, server, Bob, room);
        const chiara = await enter(browser, server, Élodie, room);
        const page = await enter(browser, server, Ann, room);
        await bob.hover('.message:nth-of-type(4)');
        await bob.run(() => document.activeElement.blur());
        await bob.press('React with 👍');
        await chiara.click('.reaction');
        await chiara.say('🎉🎉');
        await chiara.say('@Ann Berg can we start at ten?');
        await page.has('can we start at ten');
        await page.until('reactions', () => document.querySelector('.reaction .number')?.innerText === '2');
        await bob.write('Yes, ten is');
        await page.has('is typing');
        for (const isDark of [false, true]) {
            await page.colours(isDark);
            for (const [size, box] of Object.entries(SIZES)) {
                await page.resize(box.width, box.height, box);
                assert.equal(await page.run(isSideways), false, `${size} scrolls sideways`);
                await picture(page, `room-${size}-${isDark ? 'dark' : 'light'}`);
            }
            await page.press('All rooms');
            await picture(page, `rooms-narrow-${isDark ? 'dark' : 'light'}`);
            await page.press('Linear algebra');
            await page.press('People and details');
            await page.until('drawer in place', () => document.querySelector('.side').getBoundingClientRect().left === 0);
            await picture(page, `people-narrow-${isDark ? 'dark' : 'light'}`);
            assert.equal(await page.run(isSideways), false);
            await page.press('Close');
        }
        await page.resize(1440, 900);
        await page.colours(false);
        await page.hover('.message:nth-of-type(4)');
        await page.press('More');
        await picture(page, 'message-menu-wide');
        await page.press('Open thread');
        await page.until('thread', () => document.querySelector('.thread .message'));
        await picture(page, 'thread-wide');
        await page.colours(true);
        await page.press('Room menu');
        await picture(page, 'room-menu-dark');
        await page.press('Room settings…');
        await page.finds('dialog select');
        await picture(page, 'settings-dark');
        await page.key('Escape');
        await page.press('Search this room');
        await page.type('over');
        await page.finds('.search-results mark');
        await picture(page, 'search-dark');
        await page.key('Escape');
        await page.colours(false);
        await page.run(() => document.activeElement.blur());
        await page.key('?', { shift: true });
        await page.finds('dialog kbd');
        await picture(page, 'keys-wide');
        await page.key('Escape');
        await page.write('@');
        await page.finds('.completion li');
        await picture(page, 'completion-wide');
        await page.key('Escape');
        await page.press('Emoji');
        await page.finds('.emoji-grid button');
        await picture(page, 'emoji-wide');
        for (const one of [page, bob, chiara]) {
            assert.deepEqual(one.errors, []);
            await one.close();
        }
    });

    test('loading, refused, offline and removed say what is the matter', async () => {
        const { Ann, Dmitri } = people;
        const locked = await server.room(Ann, { name: 'Oral exams', description: 'One at a time' });
        await server.call('PATCH', `rooms/${locked}`, { locked: true }, Ann);
        const page = await enter(browser, server, Dmitri, room);
        await page.run(id => { location.hash = `#/${id}`; }, locked);
        await page.has('This room is locked');
        await picture(page, 'refused-wide');
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await page.has('3×3 case');
        const gone = await server.room(Ann, { name: 'Short-lived' });
        await page.run(id => { location.hash = `#/${id}`; }, gone);
        await page.has('Nobody has written yet');
        await picture(page, 'empty-room-wide');
        await server.call('DELETE', `rooms/${gone}/members/${Dmitri.id}`, undefined, Ann);
        await page.has('You are no longer in this room');
        await picture(page, 'removed-wide');
        await page.run(id => { location.hash = `#/${id}`; }, room);
        await page.has('3×3 case');
        await server.stop('SIGKILL');
        await page.has('Offline since');
        await page.say('Does anybody hear me?');
        await page.has('Waiting for the connection');
        await picture(page, 'offline-wide');
        await page.resize(360, 740, SIZES.narrow);
        await page.colours(true);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'offline-narrow-dark');
        await server.start();
        await page.findsNot('.connection-bar');
        await page.close();
    });
});
