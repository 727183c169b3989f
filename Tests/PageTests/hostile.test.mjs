import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, enter, skip } from './server.mjs';

const HOSTILE = [
    '<img src=x onerror="window.owned = 1">',
    '<script>window.owned = 2</script>',
    '"><svg onload=window.owned=3>',
    'javascript:window.owned=4',
    '[click](javascript:window.owned=5) http://"><img src=x onerror=window.owned=6>',
    '\u202Egnp.exe\u202D reversed \u2066isolated',
    'W'.repeat(3000),
    `https://example.org/${'a'.repeat(2000)}`,
    'Z\u0351\u036B\u0343\u036A\u0302\u036B\u033D\u034F\u0334\u0319\u0324\u031Ea\u0340\u0341lgo'.repeat(20),
    '```\n</code></pre><script>window.owned=7</script>\n```',
    `${'*'.repeat(2000)}${'_a'.repeat(2000)}${'`'.repeat(999)}`,
    `${'> '.repeat(500)}deep`,
    'שלום עולם، مرحبا بالعالم 世界 👩‍👩‍👧 é̂',
    '{{constructor.constructor("window.owned=8")()}} ${window.owned=9} %3Cscript%3E',
];

describe('hostile messages', { skip }, () => {
    let server, browser, ann, eve;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
        [ann, eve] = await Promise.all([server.person('Ann Berg'), server.person('<b onmouseover=window.owned=10>Eve</b>')]);
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('are shown as the words they are, and stay in their place', async () => {
        const room = await server.room(ann, { name: '<i>Room</i> "quoted"', description: '<script>window.owned = 11</script>' });
        const page = await enter(browser, server, ann, room, { width: 360, height: 740 });
        for (const content of HOSTILE) await server.say(eve, room, content);
        await page.until('all of them', count => document.querySelectorAll('.message').length === count, HOSTILE.length);
        const found = await page.run(() => ({
            owned: window.owned ?? null,
            strange: [...document.querySelectorAll('.room img, .room script, .room iframe, .room b[onmouseover], .room-title i')].length,
            links: [...document.querySelectorAll('.text a')].map(link => new URL(link.href).protocol),
            handlers: [...document.querySelectorAll('.room *')].filter(one => [...one.attributes].some(attribute => attribute.name.startsWith('on'))).length,
            sideways: document.documentElement.scrollWidth > innerWidth || document.querySelector('.scroll').scrollWidth > document.querySelector('.scroll').clientWidth,
            tallest: Math.max(...[...document.querySelectorAll('.message time')].map(one => one.getBoundingClientRect().height)),
        }));
        assert.equal(found.owned, null);
        assert.equal(found.strange, 0);
        assert.equal(found.handlers, 0);
        assert.equal(found.sideways, false);
        assert.ok(found.links.every(protocol => /^https?:$/.test(protocol)), found.links.join());
        await page.run(() => { for (const more of document.querySelectorAll('.foldable [aria-expanded=false]')) more.click(); });
        const shown = await page.run(() => [...document.querySelectorAll('.message .text')].map(one => one.textContent));
        for (const content of HOSTILE.slice(0, 9)) assert.ok(shown.includes(content), `changed: ${content.slice(0, 60)}`);
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});
