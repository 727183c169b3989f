// Portfolios, and the watch-list that the server keeps, on the page of prices; with SCREENSHOTS=folder a picture of each state.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.mjs';
import { Server, skip } from './server.mjs';

const NARROW = { width: 360, height: 740, isTouch: true };

async function picture(page, name) {
    if (!process.env.SCREENSHOTS) return;
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    writeFileSync(join(process.env.SCREENSHOTS, `${name}.png`), await page.screenshot());
}

const isSideways = () => document.documentElement.scrollWidth > innerWidth;
const shows = (page, wanted) => page.until(`the symbols ${wanted}`, list =>
    JSON.stringify([...document.querySelectorAll('.watch-name bdi')].filter(one => one.closest('.watch-row')).map(one => one.textContent)) === JSON.stringify(list), wanted);
const worth = (page, wanted) => page.until(`worth ${wanted}`, text => document.querySelector('.portfolio-value b')?.textContent === text, wanted);
const held = (page, wanted) => page.until(`holding ${wanted}`, list =>
    JSON.stringify([...document.querySelectorAll('.holdings tbody tr')].map(one => [...one.children].slice(0, 3).map(cell => cell.textContent))) === JSON.stringify(list), wanted);
const fill = (page, name, text) => page.run((field, value) => { (document.querySelector('dialog[open]') ?? document).querySelector(`[name=${field}]`).value = value; }, name, text);
const live = page => page.until('a live line', () => document.querySelector('.dot.is-live'));
const price = (page, symbol, wanted) => page.until(`${symbol} at ${wanted}`, (selector, text) => document.querySelector(selector)?.textContent === text, `.watch-link[href="#/${symbol}"] .watch-price`, wanted);

describe('what a person keeps on the page of prices', { skip }, () => {
    let server, browser, tell;
    before(async () => {
        server = await Server.start({ settings: { LIMITS_TIER_FREE: 0 } });
        browser = await Browser.start();
        const feed = server.person('Feed', { channels: { publish: ['price:*'] } });
        tell = ticks => server.call('POST', 'prices', ticks, feed);
        await tell([{ symbol: 'BTC-USD', price: '64000' }, { symbol: 'ETH-USD', price: '3100.5' }]);
    });
    after(async () => {
        await browser?.close();
        await server?.close();
    });

    async function open(person, options = {}) {
        const page = await browser.open(`${server.base}/prices#token=${person.token}`, options);
        await page.finds('.watch');
        await live(page);
        return page;
    }

    test('a portfolio is made, filled, valued as prices move, changed, and deleted', async () => {
        const page = await open(server.person('Ann Berg'));
        await page.has('say what you have');
        await page.press('New portfolio');
        await page.finds('dialog[open] [name=name]');
        await fill(page, 'name', 'Savings');
        await page.press('Make it');
        await page.has('It holds nothing yet');
        await picture(page, 'portfolio-empty');
        for (const [symbol, amount] of [['BTC-USD', '0.5'], ['ETH-USD', '2'], ['XYZ', '3']]) {
            await page.run(() => document.querySelector('.hold-add [name=symbol]').focus());
            await page.type(symbol);
            await page.key('Tab');
            await page.type(amount);
            await page.key('Enter');
            await page.until(`${symbol} is in`, name => [...document.querySelectorAll('.holdings th a')].some(one => one.textContent === name), symbol);
        }
        await worth(page, '38,201.00');
        await held(page, [['BTC-USD', '0.5', '32,000.00'], ['ETH-USD', '2', '6,201.00'], ['XYZ', '3', 'No price']]);
        await page.has('XYZ has no price');
        await tell({ symbol: 'BTC-USD', price: '65000' });
        await worth(page, '38,701.00');
        await page.until('the change', () => /\+500\.00 \(\+1\.31 %\) in 24 h/.test(document.querySelector('.portfolio-value')?.textContent));
        await page.until('the same in the list', () => document.querySelector('.portfolio-worth')?.textContent === '38,701.00');
        await picture(page, 'portfolio-wide');
        await page.press('Take XYZ out');
        await held(page, [['BTC-USD', '0.5', '32,500.00'], ['ETH-USD', '2', '6,201.00']]);
        await page.press('Change the amount of ETH-USD');
        await page.finds('dialog[open] [name=amount]');
        for (const bad of ['much', '-4', '0,5', '1,00']) {
            await fill(page, 'amount', bad);
            await page.press('Keep');
            await page.until(`"${bad}" is refused at the field`, () => /^An amount is/.test(document.querySelector('dialog[open] .problem').textContent) && document.querySelector('dialog[open] [name=amount][aria-invalid]'));
        }
        await fill(page, 'amount', '4');
        await page.press('Keep');
        await worth(page, '44,902.00');
        // As the page writes numbers they are taken.
        await page.findsNot('dialog[open]');
        const add = (symbol, amount) => page.run((...texts) => {
            const form = document.querySelector('.hold-add');
            [form.elements.symbol.value, form.elements.amount.value] = texts;
            form.requestSubmit();
        }, symbol, amount);
        await add('ABC', 'some');
        await page.finds('.hold-add [name=amount][aria-invalid]');
        assert.match(await page.run(() => document.querySelector('.hold-add .problem').textContent), /^An amount is/);
        await add('ABC', '1,000.25');
        await held(page, [['ABC', '1,000.25', 'No price'], ['BTC-USD', '0.5', '32,500.00'], ['ETH-USD', '4', '12,402.00']]);
        await page.findsNot('.hold-add [aria-invalid]');
        await page.press('Change the amount of ABC');
        await page.until('the amount as it stands there', () => document.querySelector('dialog[open] [name=amount]')?.value === '1,000.25');
        await fill(page, 'amount', '2,000');
        await page.press('Keep');
        await page.findsNot('dialog[open]');
        await held(page, [['ABC', '2,000', 'No price'], ['BTC-USD', '0.5', '32,500.00'], ['ETH-USD', '4', '12,402.00']]);
        await page.press('Take ABC out');
        await held(page, [['BTC-USD', '0.5', '32,500.00'], ['ETH-USD', '4', '12,402.00']]);
        await page.press('More for this portfolio');
        await page.press('Rename…');
        await page.finds('dialog[open] [name=name]');
        await fill(page, 'name', 'For later');
        await page.press('Rename');
        await page.until('its name', () => document.querySelector('.portfolio h1')?.textContent === 'For later');
        await page.reload();
        await worth(page, '44,902.00');
        await page.press('More for this portfolio');
        await page.press('Delete…');
        await page.press('Delete it');
        await page.has('say what you have');
        // A request that is refused would be noted by the browser: what cannot be read was not sent.
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('it is shared with somebody, who sees it live and is told when an alert on it fires; until it is not', async () => {
        const [ann, bob] = [server.person('Ann'), server.person('Bob')];
        const { id } = await server.call('POST', 'portfolios', { name: 'Ours', holdings: { 'ETH-USD': '10' } }, ann);
        const page = await open(ann);
        const other = await open(bob);
        await page.run(path => { location.hash = path; }, `#/p:${id}`);
        await worth(page, '31,005.00');
        await page.press('Share');
        await page.finds('dialog[open] [name=user]');
        await page.has('Nobody but you');
        await fill(page, 'user', bob.id);
        await page.run(() => document.querySelector('dialog[open] form').requestSubmit());
        await page.until('his id', user => [...document.querySelectorAll('.share-list bdi')].some(one => one.textContent === user), bob.id);
        await picture(page, 'portfolio-share');
        await other.reload();
        await live(other);
        await other.run(path => { location.hash = path; }, `#/p:${id}`);
        await other.has('Shared with you by');
        await worth(other, '31,005.00');
        assert.equal(await other.run(() => document.querySelector('.hold-add').hidden), true);
        await other.press('Set an alert');
        await other.finds('dialog[open] select[name=repeat]');
        assert.equal(await other.run(() => document.querySelector('dialog[open] [name=value]').value), '31,005');
        await fill(other, 'operator', '>');
        await fill(other, 'value', '31500');
        await other.run(() => {
            const select = document.querySelector('dialog[open] [name=repeat]');
            select.value = 'while_true';
            select.dispatchEvent(new Event('change'));
        });
        assert.equal(await other.run(() => document.querySelector('dialog[open] [name=cooldown_ms]').value), '900000');
        await picture(other, 'portfolio-alert');
        await other.press('Set alert');
        await other.has('rises above 31,500');
        await other.has('while it is so, every 15 minutes');
        await tell({ symbol: 'ETH-USD', price: '3200' });
        await worth(other, '32,000.00');
        await worth(page, '32,000.00');
        await other.has('is above 31,500: now 32,000');
        await other.has('fired once');
        await page.run(user => [...document.querySelectorAll('.share-list button')].find(one => one.ariaLabel === `${user} sees it no more`).click(), bob.id);
        await page.has('Nobody but you');
        await other.has('There is no such portfolio');
        await other.has('Your alert on it has ended. You wanted to know when it rises above 31,500.');
        for (const one of [page, other]) {
            assert.deepEqual(one.errors, []);
            await one.close();
        }
    });

    test('by keyboard and on a phone: into the portfolio and back, never sideways', async () => {
        const ann = server.person('Ann');
        const { id } = await server.call('POST', 'portfolios', { name: 'A portfolio with a name as long as one may be, in this place', holdings: { 'BTC-USD': '123456789.123456789', 'ETHEREUM-OF-A-VERY-LONG-NAME-32C': '7' } }, ann);
        const page = await open(ann);
        await page.finds('.portfolio-link');
        await page.run(() => document.querySelector('.portfolio-link').focus());
        await page.key('Enter');
        await page.until('its place', path => location.hash === path, `#/p:${id}`);
        await page.finds('.holdings tbody tr');
        const { nodes } = await page.send('Accessibility.getFullAXTree');
        const named = nodes.filter(node => !node.ignored && /^(button|link|textbox|list|table|main|region)$/.test(node.role?.value));
        assert.deepEqual(named.filter(node => !node.name?.value).map(node => node.role.value), []);
        for (const isDark of [false, true]) {
            await page.colours(isDark);
            for (const [size, box] of Object.entries({ wide: { width: 1440, height: 900 }, medium: { width: 1000, height: 760 }, narrow: NARROW })) {
                await page.resize(box.width, box.height, box);
                assert.equal(await page.run(isSideways), false, `${size} scrolls sideways`);
                await picture(page, `portfolio-${size}-${isDark ? 'dark' : 'light'}`);
            }
        }
        await page.press('All prices');
        await page.until('the lists', () => document.querySelector('.portfolio-rail').checkVisibility());
        assert.equal(await page.run(isSideways), false);
        await picture(page, 'portfolio-rail-narrow-dark');
        assert.deepEqual(page.errors, []);
        await page.close();
    });

    test('the list of somebody with an account is one in all windows and browsers, and its prices follow it', async () => {
        const ann = server.person('Ann');
        const page = await open(ann);
        await price(page, 'ETH-USD', '3,200.00');
        await page.run(() => document.querySelector('[name=symbol]').focus());
        await page.type('NEW-1');
        await page.key('Enter');
        const all = ['BTC-USD', 'ETH-USD', 'NEW-1'];
        await shows(page, all);
        await page.until('the server to have it', async token => {
            const { watchlists } = await (await fetch('api/v1/watchlists', { headers: { Authorization: `Bearer ${token}` } })).json();
            return watchlists[0]?.symbols.includes('NEW-1');
        }, ann.token);
        const other = await open(ann);
        await shows(other, all);
        await tell({ symbol: 'NEW-1', price: '5' });
        for (const one of [page, other]) await price(one, 'NEW-1', '5.00');
        // What nobody has on it is not shown, though a browser that is new here would find it.
        await tell([{ symbol: 'NEW-2', price: '6' }, { symbol: 'NEW-3', price: '7' }]);
        await other.run(() => document.querySelector('[name=symbol]').focus());
        await other.type('NEW-3');
        await other.key('Enter');
        await page.until('it here too', () => [...document.querySelectorAll('.watch-row bdi')].some(one => one.textContent === 'NEW-3'));
        await price(page, 'NEW-3', '7.00');
        await other.hover('.watch-link[href="#/BTC-USD"]');
        await other.press('More for BTC-USD');
        await other.press('Remove');
        await page.until('it gone here too', () => ![...document.querySelectorAll('.watch-row bdi')].some(one => one.textContent === 'BTC-USD'));
        for (const one of [page, other]) {
            assert.deepEqual(one.errors, []);
            await one.close();
        }
    });

    test('a browser\'s own list from before is offered for keeping, once', async () => {
        const [ann, bob] = [server.person('Ann'), server.person('Bob')];
        const before = person => [`if (!localStorage.getItem('was.${person.id}')) { localStorage.setItem('was.${person.id}', '1'); localStorage.setItem('stoa.prices.${person.id}', JSON.stringify({ symbols: ['ETH-USD', 'OWN-1'], patterns: [], hidden: [] })); }`];
        const page = await open(ann, { scripts: before(ann) });
        await page.has('This list is in this browser alone');
        await picture(page, 'watch-offer');
        await page.press('Keep it with my account');
        await page.hasNot('This list is in this browser alone');
        const other = await open(ann);
        await shows(other, ['ETH-USD', 'OWN-1']);
        await page.reload();
        await shows(page, ['ETH-USD', 'OWN-1']);
        await page.hasNot('This list is in this browser alone');
        const his = await open(bob, { scripts: before(bob) });
        await his.press('Not now');
        await his.hasNot('This list is in this browser alone');
        await his.reload();
        await shows(his, ['ETH-USD', 'OWN-1']);
        await his.hasNot('This list is in this browser alone');
        for (const one of [page, other, his]) {
            assert.deepEqual(one.errors, []);
            await one.close();
        }
    });
});
