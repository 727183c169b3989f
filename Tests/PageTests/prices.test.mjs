// The page of prices, driven as people do; with SCREENSHOTS=folder a picture of each state, for somebody to look at.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, skip } from './server.mjs';

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 360, height: 740, isTouch: true };
const MINUTE = 60_000;

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const isSideways = () => document.documentElement.scrollWidth > innerWidth;
const symbols = page => page.run(() => [...document.querySelectorAll('.watch-name bdi')].map(one => one.textContent));
const shows = (page, wanted) => page.until(`the symbols ${wanted}`, list =>
    JSON.stringify([...document.querySelectorAll('.watch-name bdi')].map(one => one.textContent)) === JSON.stringify(list), wanted);
const row = (symbol, part) => `.watch-link[href="#/${symbol}"] ${part}`;
const price = (page, symbol, wanted) => page.until(`${symbol} at ${wanted}`, (selector, text) => document.querySelector(selector)?.textContent === text, row(symbol, '.watch-price'), wanted);
const readout = (page, wanted) => page.until(`the candle with ${wanted}`, text => document.querySelector('.readout')?.innerText.replace(/\s+/g, ' ').includes(text), wanted);

/** Who tells prices, and how. */
function feedOf(server) {
    const feed = server.person('Feed', { channels: { publish: ['price:*'] } });
    return ticks => server.call('POST', 'prices', ticks, feed);
}

async function openPrices(browser, server, { person = server.person('Ann Berg'), place = '', ...options } = {}) {
    const page = await browser.open(`${server.base}/prices#token=${person.token}`, options);
    await page.finds('.watch, .sign-in');
    if (place) await page.run(hash => { location.hash = hash; }, place);
    return page;
}

const live = page => page.until('a live line', () => document.querySelector('.dot.is-live'));

describe('alerts', { skip }, () => {
    let server, browser;
    before(async () => {
        server = await Server.start();
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    const unread = (page, wanted) => page.until(`${wanted} unread`, count => {
        const badge = document.querySelector('.bell-count');
        return badge && (badge.hidden ? 0 : Number(badge.textContent)) === count;
    }, wanted);

    test('one is set on a symbol, fires in all windows, is read in all of them, and is deleted', async () => {
        const tell = feedOf(server);
        const person = server.person('Ann Berg');
        await tell([{ symbol: 'BTC-USD', price: '90' }]);
        const page = await openPrices(browser, server, { person, place: '#/BTC-USD' });
        await live(page);
        const other = await openPrices(browser, server, { person });
        await live(other);
        await page.has('None yet');
        await page.press('Set an alert');
        await page.finds('dialog[open] select[name=operator]');
        assert.equal(await page.run(() => document.querySelector('dialog[open] [name=value]').value), '90');
        await page.run(() => { document.querySelector('dialog[open] [name=value]').value = '1e40'; });
        await page.press('Set alert');
        await page.finds('dialog[open] .problem');
        await page.run(() => { document.querySelector('dialog[open] [name=value]').value = '100'; document.querySelector('dialog[open] [name=note]').value = 'sell'; });
        await page.press('Set alert');
        await page.has('rises to 100');
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-alert');
        await tell([{ symbol: 'BTC-USD', price: '101' }]);
        for (const one of [page, other]) {
            await one.until('a toast', () => document.querySelector('#toasts')?.innerText.includes('BTC-USD rose to 100: now 101 — sell'));
            await unread(one, 1);
        }
        await page.has('fired once');
        await other.click('.bell');
        await other.has('BTC-USD rose to 100: now 101');
        await picture(other, 'prices-bell');
        for (const one of [page, other]) await unread(one, 0);
        await page.click('.alert-row .icon-button');
        await page.has('None yet');
        for (const one of [page, other]) {
            // The price that is too large.
            assert.deepEqual(one.errors.filter(error => !/400 \(Bad Request\).*\/alerts/.test(error)), []);
            await one.close();
        }
    });
});

describe('prices that a server makes up', { skip }, () => {
    let server, browser;
    before(async () => {
        server = await Server.start({ more: ['--demo-prices'] });
        browser = await Browser.start();
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('a first visit shows all that there is, and it moves; rooms and prices lead to each other', async () => {
        const page = await browser.open(server.link);
        await page.finds('.rail');
        const me = await page.run(() => document.querySelector('.me-name').textContent);
        await page.press('Prices');
        await page.finds(row('DEMO-BTC', '.watch-price'));
        await page.has('One source');
        const was = await page.run(selector => document.querySelector(selector).textContent, row('DEMO-BTC', '.watch-price'));
        await page.until('another price', (selector, old) => !['–', old].includes(document.querySelector(selector).textContent), row('DEMO-BTC', '.watch-price'), was);
        assert.equal(await page.run(() => location.hash), '#/DEMO-BTC');
        await page.has('made up');
        await page.until('a candle', () => document.querySelector('.readout time'));
        await page.until('a line', selector => document.querySelector(selector).getAttribute('points'), row('DEMO-BTC', 'polyline'));
        assert.equal(await page.run(() => document.querySelector('.me-name').textContent), me);
        await picture(page, 'prices-wide');
        await page.press('Rooms');
        await page.finds('.room-list');
        assert.equal(await page.run(() => document.querySelector('.me-name').textContent), me);
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});

describe('prices that are told', { skip }, () => {
    let server, browser, tell;
    before(async () => {
        server = await Server.start({ settings: { LIMITS_TIER_FREE: 0 } });
        browser = await Browser.start();
        tell = feedOf(server);
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('a server without prices says what to do; the first one that is told appears by itself', async () => {
        const page = await openPrices(browser, server);
        await page.has('No prices yet');
        await page.has('--demo-prices');
        await picture(page, 'prices-empty');
        await page.resize(NARROW.width, NARROW.height, NARROW);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-empty-narrow');
        await page.resize(WIDE.width, WIDE.height);
        await tell({ symbol: 'BTC-USD', price: '64000.5' });
        await price(page, 'BTC-USD', '64,000.50');
        await page.hasNot('No prices yet');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('prices are exact to the last digit, and so is how much they changed', async () => {
        const day = Date.now() - 24 * 60 * MINUTE;
        await tell([{ symbol: 'EXACT', price: '0.000000000000000003', at: day - 20 * MINUTE }, { symbol: 'EXACT', price: '0.000000000000000001', at: day + 20 * MINUTE }]);
        await tell({ symbol: 'EXACT', price: '0.000000000000000002' });
        await tell({ symbol: 'BIG', price: '9007199254740993.123456789012345678' });
        const page = await openPrices(browser, server);
        await price(page, 'EXACT', '0.000000000000000002');
        await page.until('the change', selector => document.querySelector(selector).innerText.includes('−33.33 %'), row('EXACT', '.watch-change'));
        await price(page, 'BIG', '9,007,199,254,740,993.1235');
        assert.equal(await page.run(selector => document.querySelector(selector).title, row('BIG', '.watch-price')), '9007199254740993.123456789012345678');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('symbols and patterns are added and removed, and the list is there again next time', async () => {
        await tell(['A-1', 'A-2', 'B-1'].map(symbol => ({ symbol, price: '10' })));
        const ann = server.person('Ann');
        const page = await openPrices(browser, server, { person: ann });
        await price(page, 'A-1', '10.00');
        for (const symbol of await symbols(page)) {
            await page.hover(`.watch-link[href="#/${symbol}"]`);
            await page.press(`More for ${symbol}`);
            await page.press('Remove');
        }
        await page.has('Nothing on your list');
        await page.run(() => document.querySelector('[name=symbol]').focus());
        for (const [text, problem] of [['', 'Write a symbol'], ['A *', 'A pattern is'], ['-A', 'begins with a letter'], ['x'.repeat(33), 'at most 32']]) {
            await page.run(() => { document.querySelector('[name=symbol]').value = ''; });
            if (text) await page.type(text);
            await page.key('Enter');
            await page.has(problem);
            assert.equal(await page.run(() => document.querySelector('[name=symbol]').getAttribute('aria-invalid')), 'true');
        }
        await page.run(() => { document.querySelector('[name=symbol]').value = ''; });
        await page.type('NONE-YET');
        await page.key('Enter');
        await shows(page, ['NONE-YET']);
        await page.has('No price yet');
        await page.type('A-*');
        await page.key('Enter');
        await shows(page, ['NONE-YET', 'A-1', 'A-2']);
        await page.type('A-1');
        await page.key('Enter');
        await page.has('A-1 is on the list');
        await page.run(() => { document.querySelector('[name=symbol]').value = ''; });
        await tell({ symbol: 'A-3', price: '7' });
        await shows(page, ['NONE-YET', 'A-1', 'A-2', 'A-3']);
        await tell({ symbol: 'NONE-YET', price: '3.25' });
        await price(page, 'NONE-YET', '3.25');
        await page.hover('.watch-link[href="#/A-2"]');
        await page.press('More for A-2');
        await page.press('Remove');
        await shows(page, ['NONE-YET', 'A-1', 'A-3']);
        await page.press('Put back');
        await shows(page, ['NONE-YET', 'A-1', 'A-2', 'A-3']);
        await page.reload();
        await shows(page, ['NONE-YET', 'A-1', 'A-2', 'A-3']);
        await price(page, 'A-3', '7.00');
        assert.deepEqual(page.errors, []);
        const other = await openPrices(browser, server, { profile: page.profile });
        await other.finds(row('B-1', '.watch-price'));
        await other.close();
        await page.close();
    });

    test('a price that changes flashes once, and not for those who want no motion', async () => {
        await tell({ symbol: 'A-FLASH', price: '1' });
        const page = await openPrices(browser, server);
        await price(page, 'A-FLASH', '1.00');
        const flash = symbol => page.run(selector => { const style = getComputedStyle(document.querySelector(selector)); return [style.animationName, style.animationDuration, style.animationIterationCount]; }, row(symbol, '.watch-price'));
        assert.equal((await flash('A-FLASH'))[0], 'none');
        await tell({ symbol: 'A-FLASH', price: '2' });
        await price(page, 'A-FLASH', '2.00');
        assert.equal((await flash('A-FLASH'))[0], 'none');
        await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'no-preference' }] });
        await tell({ symbol: 'A-FLASH', price: '1.5' });
        await price(page, 'A-FLASH', '1.50');
        const [name, duration, times] = await flash('A-FLASH');
        assert.match(name, /^fall-[01]$/);
        assert.deepEqual([duration, times], ['0.15s', '1']);
        await page.close();
    });

    test('what a list needs of the past is asked for of all its symbols at once', async () => {
        const own = await Server.start();
        const feed = feedOf(own);
        const many = Array.from({ length: 12 }, (_, i) => ({ symbol: `BULK-${String.fromCharCode(65 + i)}`, price: '1' }));
        await feed(many);
        await feed(many.map(one => ({ ...one, price: '1.5' })));
        const page = await openPrices(browser, own);
        await page.until('the changes', count => document.querySelectorAll('.watch-rows .watch-change[data-direction="1"]').length === count, many.length);
        // Two, and as many again where what there is came in pieces.
        const asked = await page.run(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/candles')).length);
        assert.ok(asked >= 2 && asked <= 6, `${asked} requests`);
        assert.deepEqual(page.errors, []);
        await page.close();
        await own.close();
    });

    test('prices go on where the requests of an hour are used up, and the chart says so', async () => {
        const small = await Server.start({ settings: { LIMITS_TIER_FREE: 60 } });
        const feed = feedOf(small);
        await feed({ symbol: 'TIER', price: '1' });
        const ann = small.person('Ann');
        const page = await openPrices(browser, small, { person: ann, place: '#/TIER/1m' });
        await price(page, 'TIER', '1.00');
        await readout(page, 'C 1.00');
        for (let i = 0; i < 60; i++) await small.call('GET', 'prices', undefined, ann).catch(() => {});
        // Another length of candles is a request; what was asked for before goes on.
        await page.press('5 minutes');
        await page.has('Try again');
        await feed({ symbol: 'TIER', price: '2' });
        await price(page, 'TIER', '2.00');
        // The browser notes each refusal.
        assert.deepEqual(page.errors.filter(text => !/429/.test(text)), []);
        await page.close();
        await small.close();
    });

    test('a pattern that many match shows the first twenty', async () => {
        await tell(Array.from({ length: 25 }, (_, i) => ({ symbol: `MANY-${100 + i}`, price: String(i + 1) })));
        const page = await openPrices(browser, server, { place: '#/MANY-100' });
        await page.finds(row('MANY-100', '.watch-price'));
        await page.run(() => document.querySelector('[name=symbol]').focus());
        await page.type('MANY-*');
        await page.key('Enter');
        await page.has('More than 20 symbols match MANY-*');
        await page.until('twenty of them', () => [...document.querySelectorAll('.watch-name bdi')].filter(one => one.textContent.startsWith('MANY-')).length === 20);
        await tell({ symbol: 'MANY-101', price: '77' });
        await price(page, 'MANY-101', '77.00');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('the chart follows what is told, by pointer and by keys, and goes back as far as there is something', async () => {
        const now = Date.now();
        const begin = now - now % MINUTE;
        const ticks = Array.from({ length: 700 }, (_, i) => ({ symbol: 'CHART', price: String(1_000 + i % 50), at: begin - (700 - i) * MINUTE }));
        await tell([{ symbol: 'CHART', price: '500', at: begin - 9 * 24 * 60 * MINUTE }, ...ticks]);
        const page = await openPrices(browser, server, { place: '#/CHART/1m' });
        await readout(page, 'C 1,049.00');
        await tell({ symbol: 'CHART', price: '2000.25' });
        await readout(page, 'C 2,000.25');
        await page.until('the price above it', () => document.querySelector('.chart-price b').textContent === '2,000.25');
        const plot = () => page.run(() => { const one = document.querySelector('.chart-plot'); return { max: Number(one.getAttribute('aria-valuemax')), now: Number(one.getAttribute('aria-valuenow')), text: one.getAttribute('aria-valuetext') }; });
        await page.run(() => document.querySelector('.chart-tools .button').focus());
        await page.key('Tab');
        await page.until('the keyboard on the chart', () => document.activeElement.matches('.chart-plot'));
        const first = await plot();
        assert.match(first.text, /close 2,000\.25/);
        await page.key('ArrowLeft');
        assert.equal((await plot()).now, first.now - 1);
        await readout(page, 'C 1,049.00');
        // Back to the oldest one, nine days ago, over a time without ticks.
        await page.until('the first candle', () => {
            document.querySelector('.chart-plot').dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }));
            return document.querySelector('.readout').innerText.includes('500.00');
        });
        await page.key('End');
        await page.key('Escape');
        await readout(page, 'C 2,000.25');
        // A wheel's turn goes back as well; what comes meanwhile does not move the view.
        await page.hover('.chart-plot');
        await page.run(() => document.querySelector('.chart-plot').dispatchEvent(new WheelEvent('wheel', { deltaY: 900, bubbles: true, cancelable: true })));
        await picture(page, 'prices-chart-crosshair');
        await page.press('5 minutes');
        await page.until('another length', () => location.hash === '#/CHART/5m' && document.querySelector('[data-interval="5m"]').getAttribute('aria-pressed') === 'true');
        await readout(page, 'C 2,000.25');
        await page.run(() => document.querySelector('.chart-table summary').click());
        await page.until('the same as a table', () => document.querySelector('.chart-table tbody tr')?.cells[4].textContent === '2000.25');
        await picture(page, 'prices-table');
        const text = page.run(() => new Promise(resolve => {
            const real = URL.createObjectURL;
            URL.createObjectURL = blob => { blob.text().then(resolve); return real(blob); };
            document.querySelector('.chart-tools .button').click();
        }));
        assert.match(await text, /^start,open,high,low,close,average_volume,ticks\r\n[\s\S]*2000\.25/);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    /** A page with exactly these symbols, on a server of its own: what others told would come in pieces, and in between. */
    async function listOf(wanted, options) {
        const own = await Server.start();
        await feedOf(own)(wanted.map(symbol => ({ symbol, price: '10' })));
        const page = await openPrices(browser, own, options);
        await shows(page, wanted);
        return { own, page };
    }

    test('by keyboard: into the list, along it, rows up and down, out of it', async () => {
        const start = ['J-1', 'K-1', 'K-2', 'K-3'];
        const { own, page } = await listOf(start, { place: '#/K-1' });
        await page.until('its chart', () => document.querySelector('.chart h1')?.textContent === 'K-1');
        await page.run(() => document.querySelector('.watch-add button').focus());
        await page.key('Tab');
        assert.equal(await page.run(() => document.activeElement.getAttribute('href')), '#/K-1');
        const [at, next] = [start.indexOf('K-1'), start[start.indexOf('K-1') + 1]];
        await page.key('ArrowDown');
        assert.equal(await page.run(() => document.activeElement.getAttribute('href')), `#/${next}`);
        await page.key('ArrowUp', { alt: true });
        const moved = [...start.slice(0, at), next, 'K-1', ...start.slice(at + 2)];
        await shows(page, moved);
        assert.equal(await page.run(() => document.activeElement.getAttribute('href')), `#/${next}`);
        await page.key('Enter');
        await page.until('its chart', symbol => document.querySelector('.chart h1')?.textContent === symbol, next);
        await page.key('Delete');
        await shows(page, moved.filter(one => one !== next));
        assert.equal(await page.run(() => document.activeElement.getAttribute('href')), '#/K-1');
        await page.key('Tab');
        assert.equal(await page.run(() => document.activeElement.getAttribute('aria-label')), 'More for K-1');
        await page.key('?');
        await page.has('Move it up or down');
        await page.key('Escape');
        // Only then has the focus gone back.
        await page.findsNot('dialog');
        await page.key('/');
        await page.until('the field', () => document.activeElement.name === 'symbol');
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        const named = nodes.filter(node => !node.ignored && /^(button|link|textbox|list|slider|group|navigation|main|region)$/.test(node.role?.value));
        assert.deepEqual(named.filter(node => !node.name?.value).map(node => node.role.value), []);
        assert.ok(['slider', 'list', 'group', 'main'].every(role => named.some(node => node.role.value === role)));
        const order = [];
        await page.run(() => document.querySelector('.price-rail .rail-head a').focus());
        for (let i = 0; i < 21; i++) {
            order.push(await page.run(() => ['rail-head', 'watch-add', 'watch-rows', 'portfolio-rail', 'rail-foot', 'intervals', 'chart-plot', 'chart-table'].find(name => document.activeElement.closest(`.${name}`))));
            await page.key('Tab');
        }
        assert.deepEqual(order.filter((part, i) => part && part !== order[i - 1]), ['rail-head', 'watch-add', 'watch-rows', 'portfolio-rail', 'rail-foot', 'intervals', 'chart-plot', 'chart-table']);
        assert.deepEqual(page.errors, []);
        await page.close();
        await own.close();
    });

    test('rows are put in order with the pointer', async () => {
        const was = ['A-1', 'A-2', 'A-3'];
        const { own, page } = await listOf(was);
        const box = await page.run(() => {
            const rows = [...document.querySelectorAll('.watch-row')];
            rows.at(-1).scrollIntoView();
            const { height } = rows[0].getBoundingClientRect();
            const grip = rows.at(-1).querySelector('.grip').getBoundingClientRect();
            return { x: grip.x + grip.width / 2, y: grip.y + grip.height / 2, height };
        });
        await page.mouse('mouseMoved', { x: box.x, y: box.y });
        await page.mouse('mousePressed', { x: box.x, y: box.y }, { button: 'left', clickCount: 1 });
        await page.mouse('mouseMoved', { x: box.x, y: box.y - box.height }, { button: 'left', buttons: 1 });
        await page.mouse('mouseReleased', { x: box.x, y: box.y - box.height }, { button: 'left', clickCount: 1 });
        await shows(page, [...was.slice(0, -2), was.at(-1), was.at(-2)]);
        assert.deepEqual(page.errors, []);
        await page.close();
        await own.close();
    });

    test('while older candles are on their way the chart says so', async () => {
        const page = await openPrices(browser, server, {
            place: '#/BTC-USD/1m',
            scripts: [`const real = fetch; const released = new Promise(done => { window.release = done; });
                window.fetch = (url, options) => String(url).includes('BTC-USD/candles') ? released.then(() => real(url, options)) : real(url, options);`],
        });
        // The live one is there at once.
        await page.until('a candle', () => document.querySelector('.readout time'));
        await page.has('Older candles are loading…');
        await picture(page, 'prices-loading-older');
        await page.run(() => window.release());
        await page.findsNot('.chart-loading');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('candles that are refused say so with the number of the request', async () => {
        const page = await openPrices(browser, server, {
            place: '#/BTC-USD/1m',
            scripts: [`const real = fetch; window.fetch = (url, options) => String(url).includes('/candles') && !window.isMended
                ? Promise.resolve(new Response(JSON.stringify({ code: 'unavailable', detail: 'Prices cannot be read.', request_id: 'r_42' }), { status: 503 })) : real(url, options);`],
        });
        await page.has('Older candles: Prices cannot be read. (r_42)');
        await picture(page, 'prices-error');
        await page.run(() => { window.isMended = true; });
        await page.press('Try again');
        await page.hasNot('Older candles');
        await page.until('a candle', () => document.querySelector('.readout time'));
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});

describe('prices that grow old, and lines that break', { skip }, () => {
    let server, browser, tell;
    before(async () => {
        server = await Server.start({ settings: { PRICES_STALE_MS: 1_500, LIMITS_TIER_FREE: 0 } });
        browser = await Browser.start();
        tell = feedOf(server);
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    test('a price without a newer one says that it is stale, and since when; a newer one ends it', async () => {
        await tell({ symbol: 'OLD', price: '5' });
        const page = await openPrices(browser, server);
        await page.until('stale in words', selector => /^Stale \d+ s old$/.test(document.querySelector(selector)?.innerText.replace(/\s+/g, ' ')), row('OLD', '.watch-age'));
        const age = await page.run(selector => document.querySelector(selector).innerText, row('OLD', '.watch-age'));
        await page.until('a greater age', (selector, old) => document.querySelector(selector).innerText !== old, row('OLD', '.watch-age'), age);
        await picture(page, 'prices-stale');
        await tell({ symbol: 'OLD', price: '6' });
        await page.until('a fresh one', selector => document.querySelector(selector).innerText.startsWith('One source'), row('OLD', '.watch-age'));
        await price(page, 'OLD', '6.00');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('offline the last prices stay and say so; back, what was missed is there', async () => {
        await tell([{ symbol: 'BACK', price: '1' }, { symbol: 'STILL', price: '8' }]);
        const page = await openPrices(browser, server, { place: '#/BACK/1m' });
        await price(page, 'BACK', '1.00');
        await live(page);
        await server.stop('SIGKILL');
        await page.has('Offline since');
        await page.has('The last known prices are shown');
        await price(page, 'BACK', '1.00');
        await picture(page, 'prices-offline');
        await page.resize(NARROW.width, NARROW.height, NARROW);
        await page.colours(true);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-offline-narrow-dark');
        await page.resize(WIDE.width, WIDE.height);
        await server.start();
        await tell({ symbol: 'BACK', price: '2' });
        await live(page);
        await page.findsNot('.connection-bar');
        await price(page, 'BACK', '2.00');
        await price(page, 'STILL', '8.00');
        await readout(page, 'C 2.00');
        await tell({ symbol: 'BACK', price: '3' });
        await readout(page, 'C 3.00');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('at every width and in both themes, never sideways', async () => {
        await tell(['BTC-USD', 'ETHEREUM-OF-A-VERY-LONG-NAME-32C'].map(symbol => ({ symbol, price: '1234567.123456789' })));
        const page = await openPrices(browser, server, { place: '#/BTC-USD/1m' });
        await page.until('a candle', () => document.querySelector('.readout time'));
        for (const isDark of [false, true]) {
            await page.colours(isDark);
            for (const [size, box] of Object.entries({ wide: WIDE, medium: { width: 1000, height: 760 }, narrow: NARROW })) {
                await page.resize(box.width, box.height, box);
                assert.equal(await page.run(isSideways), false, `${size} scrolls sideways`);
                await picture(page, `prices-${size}-${isDark ? 'dark' : 'light'}`);
            }
            await page.press('All prices');
            await page.finds('.watch-row');
            assert.equal(await page.run(isSideways), false);
            await picture(page, `prices-list-narrow-${isDark ? 'dark' : 'light'}`);
            await page.press('BTC-USD');
            await page.finds('.chart-plot');
        }
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});
