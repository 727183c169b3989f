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
        await page.has('rises above 100');
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-alert');
        await tell([{ symbol: 'BTC-USD', price: '101' }]);
        for (const one of [page, other]) {
            await one.until('a toast', () => document.querySelector('#toasts')?.innerText.includes('BTC-USD rose above 100: now 101 — sell'));
            await unread(one, 1);
        }
        await page.has('fired once');
        await other.click('.bell');
        await other.has('BTC-USD rose above 100: now 101');
        await picture(other, 'prices-bell');
        for (const one of [page, other]) await unread(one, 0);
        await page.has('done, fired once');
        await page.press('Delete the alert: rises above 100');
        await page.has('None yet');
        for (const one of [page, other]) {
            // The price that is too large.
            assert.deepEqual(one.errors.filter(error => !/400 \(Bad Request\).*\/alerts/.test(error)), []);
            await one.close();
        }
    });

    /** A chart of 200 minutes around 100, and where its plot is. */
    async function chart(options = {}) {
        const symbol = `LEVEL-${Math.random().toString(36).slice(2, 8).toUpperCase()}`;
        const begin = Date.now() - Date.now() % MINUTE - 200 * MINUTE;
        await feedOf(server)(Array.from({ length: 200 }, (_, i) => ({ symbol, price: (100 + Math.sin(i / 9) * 5).toFixed(2), at: begin + i * MINUTE })));
        await feedOf(server)([{ symbol, price: '100.25' }]);
        const page = await openPrices(browser, server, { place: `#/${symbol}/1m`, ...options });
        await readout(page, 'C 100.25');
        await page.has('None yet');
        const at = share => page.run(part => {
            const { x, y, width, height } = document.querySelector('.chart-plot').getBoundingClientRect();
            return { x: x + width * 0.4, y: y + (height - 24) * part };
        }, share);
        return { page, symbol, at };
    }

    const click = async (page, point) => {
        await page.mouse('mouseMoved', point);
        await page.mouse('mousePressed', point, { button: 'left', clickCount: 1 });
        await page.mouse('mouseReleased', point, { button: 'left', clickCount: 1 });
    };
    const form = page => page.run(() => { const { operator, value } = document.querySelector('dialog[open] form').elements; return { operator: operator.value, value: value.value }; });

    test('a level of the chart that is clicked is one for an alert; its line is dragged, changed and taken away', async () => {
        const { page, at } = await chart();
        await click(page, await at(0.1));
        await page.finds('dialog[open] select[name=operator]');
        const above = await form(page);
        assert.equal(above.operator, '>');
        assert.match(above.value, /^10[3-6](\.\d{1,2})?$/);
        await page.has(`Tells you once the price is more than ${above.value}.`);
        assert.equal(await page.run(() => getComputedStyle(document.querySelector('dialog [name=cooldown_ms]').closest('label')).display), 'none');
        await picture(page, 'prices-alert-form');
        await page.press('Set alert');
        await page.has(`rises above ${above.value}`);
        await page.findsNot('dialog');
        await click(page, await at(0.9));
        await page.finds('dialog[open] select[name=operator]');
        const below = await form(page);
        assert.equal(below.operator, '<');
        await page.press('Set alert');
        await page.has(`falls below ${below.value}`);
        await page.findsNot('dialog');
        await picture(page, 'prices-levels');
        // The line of the second one is put elsewhere.
        await page.mouse('mouseMoved', await at(0.9));
        await page.mouse('mousePressed', await at(0.9), { button: 'left', clickCount: 1 });
        for (const share of [0.85, 0.8]) await page.mouse('mouseMoved', await at(share), { button: 'left', buttons: 1 });
        await page.mouse('mouseReleased', await at(0.8), { button: 'left', clickCount: 1 });
        await page.hasNot(`falls below ${below.value}`);
        await page.has('falls below ');
        // A click on a line is about that alert.
        await click(page, await at(0.1));
        await page.has('Delete this alert');
        assert.equal((await form(page)).value, above.value);
        await page.run(() => { const { state } = document.querySelector('dialog[open] form').elements; state.value = 'off'; });
        await page.press('Keep');
        await page.has('paused');
        await picture(page, 'prices-levels-paused');
        await page.findsNot('dialog');
        await click(page, await at(0.1));
        await page.press('Delete this alert');
        await page.hasNot(`rises above ${above.value}`);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('by keyboard: a level is chosen with the arrows and taken with Enter', async () => {
        const { page } = await chart();
        await page.run(() => document.querySelector('.chart-tools .button').focus());
        await page.key('Tab');
        await page.until('the keyboard on the chart', () => document.activeElement.matches('.chart-plot') && document.activeElement.getAttribute('aria-valuetext')?.includes('close 100.25'));
        for (let i = 0; i < 3; i++) await page.key('ArrowDown');
        const text = await page.run(() => document.querySelector('.chart-plot').getAttribute('aria-valuetext'));
        const level = /^Level ([\d.]+)\. /.exec(text)?.[1];
        assert.ok(Number(level) < 100.25, text);
        await page.key('Enter');
        await page.finds('dialog[open] select[name=operator]');
        assert.deepEqual(await form(page), { operator: '<', value: String(Number(level)) });
        await page.key('Enter');
        await page.has(`falls below ${Number(level)}`);
        await page.until('the keyboard back on the chart', () => !document.querySelector('dialog') && document.activeElement.matches('.chart-plot'));
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('with a finger: a tap on the chart is a level, and nothing is too wide', async () => {
        const { page, at } = await chart(NARROW);
        await page.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [await at(0.2)] });
        await page.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
        await page.finds('dialog[open] select[name=operator]');
        assert.equal((await form(page)).operator, '>');
        // The finger's click is not for what lies there now.
        assert.equal(await page.run(() => document.activeElement.name), 'value');
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-alert-form-narrow');
        await page.press('Set alert');
        await page.has('rises above');
        await page.findsNot('dialog');
        await picture(page, 'prices-levels-narrow');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('what is typed into it may have separators, and decides which way it goes until somebody chooses', async () => {
        const { page } = await chart();
        await page.press('Set an alert');
        await page.finds('dialog[open] select[name=operator]');
        await page.run(() => { const input = document.querySelector('dialog[open] [name=value]'); input.focus(); input.select(); });
        await page.type('1,234.5');
        assert.equal((await form(page)).operator, '>');
        await page.run(() => document.querySelector('dialog[open] [name=value]').select());
        await page.type('99');
        assert.equal((await form(page)).operator, '<');
        await page.run(() => { const one = document.querySelector('dialog[open] [name=operator]'); one.value = 'crosses'; one.dispatchEvent(new Event('change', { bubbles: true })); });
        await page.has('goes through 99, up or down');
        await page.run(() => document.querySelector('dialog[open] [name=value]').select());
        await page.type('12,345.5');
        assert.equal((await form(page)).operator, 'crosses');
        await page.press('Set alert');
        await page.has('crosses 12,345.5');
        assert.deepEqual(page.errors, []);
        await page.close();
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
        // There was a day before it.
        await page.until('a line of a day', selector => document.querySelector(selector).getAttribute('points').split(' ').length > 90, row('DEMO-BTC', 'polyline'));
        await page.until('the change of a day', selector => document.querySelector(selector).innerText.includes('in 24 h'), row('DEMO-BTC', '.watch-change'));
        await page.has('made up, ');
        await page.finds('.risk-factor');
        assert.equal(await page.run(() => document.querySelectorAll('.risk-factor').length), 6);
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
        // One, and one more where what there is came in pieces.
        const asked = await page.run(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('prices/candles')).length);
        assert.ok(asked >= 1 && asked <= 2, `${asked} requests`);
        assert.deepEqual(page.errors, []);
        await page.close();
        await own.close();
    });

    /** Uses up what a person's plan has until told to stop, so that a slow machine gains nothing meanwhile. */
    function drain(small, person) {
        let isOn = true;
        const one = async () => { while (isOn) await small.call('GET', 'prices', undefined, person).catch(() => {}); };
        const done = Promise.all([one(), one(), one(), one()]);
        return () => { isOn = false; return done; };
    }

    /** On a slow machine that takes longer than anything that a page does. */
    async function nothingLeft(page, { token }) {
        const end = Date.now() + 60_000;
        const isLeft = () => page.run(async bearer => (await fetch('api/v1/prices', { headers: { Authorization: `Bearer ${bearer}` } })).ok, token);
        while (await isLeft()) assert.ok(Date.now() < end, 'requests are left');
    }

    /** Requests come back one by one, and a page needs several: whoever comes first has one. */
    async function patiently(wait) {
        for (let turn = 1; turn < 4; turn++) try { return await wait(); } catch { /* once more */ }
        return wait();
    }

    test('where the requests of an hour are used up prices go on, one line says until when, and then the rest goes on by itself', async () => {
        // One every two seconds.
        const small = await Server.start({ settings: { LIMITS_TIER_FREE: 1_800 } });
        const feed = feedOf(small);
        await feed({ symbol: 'TIER', price: '1' });
        const ann = small.person('Ann');
        const page = await openPrices(browser, small, { person: ann, place: '#/TIER/1m' });
        await price(page, 'TIER', '1.00');
        await readout(page, 'C 1.00');
        await page.has('No score yet');
        const stop = drain(small, ann);
        await nothingLeft(page, ann);
        // Another length of candles is a request, or two; what was asked for before goes on.
        await page.run(() => { for (const name of ['15m', '1h', '4h', '5m']) document.querySelector(`[data-interval="${name}"]`).click(); });
        await page.finds('.quota-bar');
        await page.has('Your plan’s 1,800 requests an hour are used up. Live prices go on; charts and history start again at');
        await feed({ symbol: 'TIER', price: '2' });
        await price(page, 'TIER', '2.00');
        await picture(page, 'prices-used-up');
        // Back to what was fetched costs nothing.
        await page.press('1 minute');
        await readout(page, 'C 2.00');
        await page.press('1 day');
        await stop();
        await patiently(() => page.until('the rest', () => document.querySelector('.quota-bar').hidden && !document.querySelector('.chart-state').textContent && document.querySelector('.readout time')));
        await readout(page, 'C 2.00');
        // The browser notes each refusal.
        assert.deepEqual(page.errors.filter(text => !/429/.test(text)), []);
        await page.close();
        await small.close();
    });

    test('a page that is opened when nothing is left shows what it showed last, and fills by itself', async () => {
        const small = await Server.start({ settings: { LIMITS_TIER_FREE: 1_800 } });
        const feed = feedOf(small);
        await feed([{ symbol: 'TIER', price: '7' }, { symbol: 'TIER-2', price: '8' }]);
        const ann = small.person('Ann');
        const page = await openPrices(browser, small, { person: ann, place: '#/TIER/1m' });
        await price(page, 'TIER', '7.00');
        await page.until('what is kept', () => JSON.parse(sessionStorage.getItem('stoa.past.TIER-2'))?.quote);
        const stop = drain(small, ann);
        await nothingLeft(page, ann);
        await page.reload();
        // Where the prices themselves had no luck either it says that they wait too.
        await page.has('charts and history');
        await price(page, 'TIER', '7.00');
        await price(page, 'TIER-2', '8.00');
        await page.hasNot('No price yet');
        await picture(page, 'prices-used-up-at-first');
        await page.resize(NARROW.width, NARROW.height, NARROW);
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'prices-used-up-narrow');
        await page.resize(WIDE.width, WIDE.height);
        await stop();
        await feed({ symbol: 'TIER', price: '9' });
        await patiently(() => price(page, 'TIER', '9.00'));
        await patiently(() => readout(page, 'C 9.00'));
        assert.deepEqual(page.errors.filter(text => !/429/.test(text)), []);
        await page.close();
        await small.close();
    });

    test('candles that were fetched are kept: going back to them asks for nothing', async () => {
        await tell([{ symbol: 'KEPT', price: '5' }, { symbol: 'KEPT-2', price: '6' }]);
        const page = await openPrices(browser, server, { place: '#/KEPT/1m' });
        await readout(page, 'C 5.00');
        await page.press('5 minutes');
        await page.until('another length', () => document.querySelector('[data-interval="5m"]').getAttribute('aria-pressed') === 'true' && !document.querySelector('.chart-loading'));
        await readout(page, 'C 5.00');
        await page.run(() => { location.hash = '#/KEPT-2/5m'; });
        await readout(page, 'C 6.00');
        const asked = () => page.run(() => performance.getEntriesByType('resource').filter(({ name }) => /KEPT\/candles/.test(name)).length);
        await page.until('two requests', () => performance.getEntriesByType('resource').filter(({ name }) => /KEPT\/candles/.test(name)).length >= 2);
        const before = await asked();
        await tell({ symbol: 'KEPT', price: '5.5' });
        for (const place of ['#/KEPT/1m', '#/KEPT/5m', '#/KEPT/1m']) {
            await page.run(hash => { location.hash = hash; }, place);
            await readout(page, 'C 5.50');
        }
        assert.equal(await asked(), before);
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('a price moves the last candle at once, and begins the next; the candle itself is what counts', async () => {
        const page = await openPrices(browser, server);
        const seen = await page.run(async () => {
            const { CandleSeries } = await import(new URL('assets/js/prices/candle-series.js', document.baseURI));
            const series = new CandleSeries({ now: () => 600_000 }, 'X', '5m');
            series.live({ start: 300_000, open: '10', high: '11', low: '9', close: '10', ticks: 3 });
            const said = [];
            const note = () => { const { start, open, high, low, close } = series.candles.at(-1); said.push([start, open, high, low, close].join(' ')); };
            const tick = (price, at, confidence = 'high') => { series.tick({ price, at, confidence }); note(); };
            tick('12.5', 400_000);
            tick('8', 410_000);
            tick('9.5', 599_999);
            tick('7', 299_999);
            tick('7', 599_999, 'stale');
            tick('9.75', 600_000);
            series.live({ start: 600_000, open: '9.6', high: '9.8', low: '9.6', close: '9.75', ticks: 2 });
            note();
            return [...said, series.candles.length];
        });
        assert.deepEqual(seen, ['300000 10 12.5 9 12.5', '300000 10 12.5 8 8', '300000 10 12.5 8 9.5', '300000 10 12.5 8 9.5', '300000 10 12.5 8 9.5', '600000 9.75 9.75 9.75 9.75', '600000 9.6 9.8 9.6 9.75', 2]);
        await page.close();
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
        assert.match(await text, /^start,open,high,low,close,average_volume,ticks\r\n\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z,[\s\S]*2000\.25/);
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
        await tell({ symbol: 'BTC-USD', price: '64000.5' });
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
        await tell({ symbol: 'BTC-USD', price: '64000.5' });
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

describe('risk', { skip }, () => {
    let server, browser, tell, give;
    before(async () => {
        server = await Server.start({ settings: { LIMITS_TIER_FREE: 0 } });
        browser = await Browser.start();
        tell = feedOf(server);
        const analyst = server.person('Analyst', { channels: { publish: ['risk:*'] } });
        give = (symbol, inputs) => server.call('PUT', `risk/${symbol}`, inputs, analyst);
        await tell(['SAFE', 'NONE', 'FAIL', 'WILD'].map(symbol => ({ symbol, price: '10' })));
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    const said = (page, wanted) => page.until(`the risk says ${wanted}`, text => document.querySelector('.risk')?.innerText.replace(/\s+/g, ' ').includes(text), wanted);
    const factors = page => page.run(() => [...document.querySelectorAll('.risk-factor')].map(one => [one.querySelector('.risk-value').firstChild.textContent, one.classList.contains('is-assumed'), Math.round(parseFloat(one.querySelector('.risk-fill').style.inlineSize))]));

    test('a score with what it is made of, what of it is not known, and its age; it changes as it is told', async () => {
        await give('SAFE', { market_cap: '20000000000', volatility: '3', volume: '3000000000', contract: 'none', sentiment: '80' });
        const page = await openPrices(browser, server, { place: '#/SAFE/1m' });
        // 2 + 5 + 2 + 0 + 2 + 5
        await said(page, '16 of 100 Low Below 30');
        assert.deepEqual(await factors(page), [['20', false, 20], ['10', false, 10], ['10', false, 10], ['0', false, 0], ['20', false, 20], ['50', true, 50]]);
        await said(page, 'Large holders not known, counted as 50');
        await page.until('its age', () => /^\d+ s ago$/.test(document.querySelector('.risk-age').textContent));
        await picture(page, 'prices-risk');
        await give('SAFE', { market_cap: '1000000', volatility: '30', volume: '1', contract: 'unaudited', sentiment: '10', top_holders: '90' });
        // 18 + 23.75 + 18 + 7.5 + 9 + 9.5
        await said(page, '85 of 100 Extreme');
        await said(page, 'Large holders counts 10 %');
        for (const [name, isDark] of [['light', false], ['dark', true]]) {
            await page.colours(isDark);
            await page.resize(NARROW.width, NARROW.height, NARROW);
            assert.equal(await page.run(isSideways), false);
            await page.run(() => document.querySelector('.risk').scrollIntoView({ block: 'end' }));
            await picture(page, `prices-risk-narrow-${name}`);
            await page.resize(WIDE.width, WIDE.height);
            await picture(page, `prices-risk-extreme-${name}`);
        }
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('an alert on it is set, shown beside those on the price, and fires', async () => {
        await give('WILD', { market_cap: '20000000000', volatility: '3', volume: '3000000000', contract: 'none', sentiment: '80' });
        const page = await openPrices(browser, server, { place: '#/WILD/1m' });
        await said(page, '16 of 100');
        await live(page);
        await page.press('Alert on risk');
        await page.finds('dialog[open] [name=value]');
        assert.equal(await page.run(() => document.querySelector('dialog[open] [name=value]').value), '16');
        await page.run(() => { const input = document.querySelector('dialog[open] [name=value]'); input.focus(); input.select(); });
        await page.type('50');
        await page.has('Tells you once the risk is more than 50.');
        await picture(page, 'prices-risk-alert');
        await page.press('Set alert');
        await page.has('Risk rises above 50');
        await give('WILD', { market_cap: '1', volatility: '30', volume: '1' });
        await page.has('done, fired once');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('without a score it says what is missing to who asks; the first score appears by itself', async () => {
        const page = await openPrices(browser, server, { place: '#/NONE/1m' });
        page.expects = /risk\/NONE$/;
        await page.has('No score yet');
        await page.press('What is missing?');
        await said(page, 'Nobody has said the market value, the volatility');
        await picture(page, 'prices-risk-none');
        await give('NONE', { market_cap: '20000000000', volatility: '3', volume: '3000000000' });
        await said(page, 'of 100');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('one that cannot be read says so with the number of the request; offline it stays, and pales', async () => {
        const page = await openPrices(browser, server, {
            place: '#/FAIL/1m',
            scripts: [`const real = fetch; window.fetch = (url, options) => String(url).includes('/risk/') && !window.isMended
                ? Promise.resolve(new Response(JSON.stringify({ code: 'internal', detail: 'It cannot be read.', request_id: 'r_7' }), { status: 500 })) : real(url, options);`],
        });
        await page.press('What is missing?');
        await said(page, 'The score cannot be read: It cannot be read. (r_7)');
        await picture(page, 'prices-risk-error');
        await give('FAIL', { market_cap: '1', volatility: '30', volume: '1' });
        await said(page, 'of 100');
        await server.stop('SIGKILL');
        await page.has('Offline since');
        await said(page, 'of 100');
        assert.ok(await page.run(() => document.querySelector('.risk').classList.contains('is-offline')));
        await picture(page, 'prices-risk-offline');
        await server.start();
        await live(page);
        assert.ok(await page.run(() => !document.querySelector('.risk').classList.contains('is-offline')));
        assert.deepEqual(page.errors, []);
        await page.close();
    });
});
