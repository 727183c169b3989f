// Headless Chromium over the DevTools protocol by pipe: no package, no port. Everything waits for conditions, never for time.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PATIENCE_MS = 15_000;
const BINARY = process.env.CHROMIUM ?? 'chromium';

/** Key names of the DevTools protocol that a person's fingers mean by these. */
const KEY_CODES = { Enter: 13, Escape: 27, Tab: 9, ArrowUp: 38, ArrowDown: 40, ArrowLeft: 37, ArrowRight: 39, Delete: 46, Backspace: 8, Home: 36, End: 35 };

export class Browser {
    #ids = 0;
    #waiting = new Map();
    #pages = new Map();
    #rest = '';

    static async start() {
        const browser = new Browser();
        browser.profile = mkdtempSync(join(tmpdir(), 'stoa-page-'));
        browser.process = spawn(BINARY, [
            '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-pipe', '--no-first-run',
            '--hide-scrollbars', '--force-color-profile=srgb', '--lang=en-GB', `--user-data-dir=${browser.profile}`, 'about:blank',
        ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        browser.process.stdio[4].setEncoding('utf8').on('data', text => browser.#received(text));
        await browser.send('Browser.getVersion');
        return browser;
    }

    #received(text) {
        const parts = (this.#rest + text).split('\0');
        this.#rest = parts.pop();
        for (const part of parts) {
            const message = JSON.parse(part);
            const waiter = this.#waiting.get(message.id);
            if (waiter) {
                this.#waiting.delete(message.id);
                if (message.error) waiter.reject(new Error(`${waiter.method}: ${message.error.message}`));
                else waiter.resolve(message.result);
            } else this.#pages.get(message.sessionId)?.happened(message.method, message.params);
        }
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.#ids;
        return new Promise((resolve, reject) => {
            this.#waiting.set(id, { resolve, reject, method });
            this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        });
    }

    /** A page with a profile of its own: nothing is shared with another person's. */
    async open(url, { width = 1440, height = 900, isDark = false, isTouch = false, profile = null, scripts = [] } = {}) {
        const { browserContextId } = profile ?? await this.send('Target.createBrowserContext');
        const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', browserContextId, width, height, newWindow: true });
        const page = await this.attach(targetId, browserContextId);
        await page.resize(width, height, { isTouch });
        await page.colours(isDark);
        // What extensions put into a page before its own scripts run.
        for (const source of scripts) await page.send('Page.addScriptToEvaluateOnNewDocument', { source });
        await page.go(url);
        return page;
    }

    async attach(targetId, browserContextId) {
        const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
        const page = new Page(this, sessionId, { browserContextId, targetId });
        this.#pages.set(sessionId, page);
        await Promise.all(['Page', 'Runtime', 'Log', 'Network', 'Accessibility'].map(domain => page.send(`${domain}.enable`)));
        await page.send('Emulation.setFocusEmulationEnabled', { enabled: true });
        return page;
    }

    async close() {
        const gone = new Promise(resolve => this.process.once('exit', resolve));
        await this.send('Browser.close').catch(() => {});
        await gone;
        rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

/**
 * Where the middle of an element is once it rests and nothing covers it; null while it moves. The page notes from then on
 * whether a click comes there: to the element, or to one like it that has been drawn in its place.
 */
async function aim(selector) {
    const frame = () => new Promise(done => { const timer = setTimeout(done, 100); requestAnimationFrame(() => { clearTimeout(timer); done(); }); });
    const place = () => {
        const box = document.querySelector(selector)?.getBoundingClientRect();
        return box?.width ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : null;
    };
    document.querySelector(selector)?.scrollIntoView({ block: 'nearest' });
    const before = place();
    await frame();
    await frame();
    const point = place();
    if (!point || before?.x !== point.x || before?.y !== point.y) return null;
    const element = document.querySelector(selector);
    const hit = document.elementFromPoint(point.x, point.y);
    if (!hit || !(element.contains(hit) || hit.contains(element))) return null;
    const isLike = one => one.tagName === element.tagName && one.textContent === element.textContent && one.getAttribute('aria-label') === element.getAttribute('aria-label');
    const isIt = event => event.composedPath().some(one => one === element || !element.isConnected && one.tagName && isLike(one));
    let isDown = false, isClicked = false;
    addEventListener('pointerdown', event => { isDown = isIt(event); }, { capture: true, once: true });
    addEventListener('click', event => { isClicked = isIt(event); }, { capture: true, once: true });
    // What goes away under the finger gets no click any more.
    window.testClick = { hasCome: () => isClicked || isDown && !element.isConnected };
    return point;
}

/** A page that another one replaces at the moment answers nothing. */
const whileLeaving = value => error => { if (/context|navigat/i.test(error.message)) return value; throw error; };

export class Page {
    #listeners = [];

    constructor(browser, sessionId, { browserContextId, targetId }) {
        Object.assign(this, { browser, sessionId, profile: { browserContextId }, targetId, errors: [], transferred: new Map() });
    }

    send(method, params) { return this.browser.send(method, params, this.sessionId); }

    happened(method, params) {
        if (method === 'Runtime.exceptionThrown') this.errors.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
        if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.errors.push(params.args.map(arg => arg.value ?? arg.description).join(' '));
        // A connection that is refused while the server is down is what those tests are about.
        // And so is a refusal, where a test expects some: the browser notes every status from 400 on.
        const isExpected = /the server responded with a status of/.test(params.entry?.text) && this.expects?.test(params.entry.url);
        if (method === 'Log.entryAdded' && params.entry.level === 'error' && !isExpected && !/ERR_CONNECTION_REFUSED|ERR_EMPTY|ERR_SOCKET|ERR_CONNECTION_RESET|ERR_INTERNET_DISCONNECTED/.test(params.entry.text)) {
            this.errors.push(`${params.entry.text} ${params.entry.url ?? ''}`);
        }
        if (method === 'Network.dataReceived') this.transferred.set(params.requestId, (this.transferred.get(params.requestId) ?? 0) + params.dataLength);
        for (const listener of this.#listeners) listener(method, params);
    }

    once(name) {
        return new Promise(resolve => {
            const listener = (method, params) => {
                if (method !== name) return;
                this.#listeners = this.#listeners.filter(one => one !== listener);
                resolve(params);
            };
            this.#listeners.push(listener);
        });
    }

    async go(url) {
        const loaded = this.once('Page.loadEventFired');
        await this.send('Page.navigate', { url });
        await loaded;
    }

    async reload() {
        const loaded = this.once('Page.loadEventFired');
        await this.send('Page.reload');
        await loaded;
    }

    async resize(width, height, { isTouch = false } = {}) {
        await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: isTouch });
        await this.send('Emulation.setTouchEmulationEnabled', { enabled: isTouch });
    }

    colours(isDark) {
        return this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }, { name: 'prefers-reduced-motion', value: 'reduce' }] });
    }

    /** Runs a function in the page; its arguments and result travel as JSON. */
    async run(body, ...args) {
        const expression = `(${body})(${args.map(arg => JSON.stringify(arg)).join(',')})`;
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true });
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
    }

    /** Waits until the function gives something true in the page. */
    async until(what, body, ...args) {
        const end = Date.now() + PATIENCE_MS;
        for (;;) {
            const value = await this.run(body, ...args).catch(error => { if (/context|navigat/i.test(error.message)) return false; throw error; });
            if (value) return value;
            if (Date.now() > end) {
                const text = await this.run(() => document.body.innerText.slice(0, 1500)).catch(() => '');
                throw new Error(`waited in vain for: ${what}\npage errors: ${this.errors.join('; ')}\npage says: ${text}`);
            }
            await this.send('Runtime.evaluate', { expression: 'new Promise(done => setTimeout(done, 25))', awaitPromise: true }).catch(() => {});
        }
    }

    has(text) { return this.until(`text "${text}"`, wanted => document.body?.innerText.includes(wanted), text); }
    hasNot(text) { return this.until(`no text "${text}"`, wanted => document.body && !document.body.innerText.includes(wanted), text); }
    finds(selector) { return this.until(`element ${selector}`, wanted => { const box = document.querySelector(wanted)?.getBoundingClientRect(); return Boolean(box?.width); }, selector); }
    findsNot(selector) { return this.until(`no element ${selector}`, wanted => { const box = document.querySelector(wanted)?.getBoundingClientRect(); return !box?.width; }, selector); }

    /**
     * Clicks it where it comes to rest: on a slow machine a page still moves while one aims, and a click beside the button
     * would be lost without a word. One that did not reach it is made again.
     */
    async click(selector) {
        await this.#persist(`a click on ${selector}`, async () => {
            await this.finds(selector);
            return this.#tryClick(selector);
        });
    }

    /** Whether a click has reached it. */
    async #tryClick(selector) {
        const point = await this.run(aim, selector).catch(whileLeaving(null));
        if (!point) return false;
        await this.mouse('mousePressed', point, { button: 'left', clickCount: 1 });
        await this.mouse('mouseReleased', point, { button: 'left', clickCount: 1 });
        // Where the page is another one now, the click has led there.
        return this.run(() => !window.testClick || window.testClick.hasCome()).catch(whileLeaving(true));
    }

    async #persist(what, attempt) {
        const end = Date.now() + PATIENCE_MS;
        while (!await attempt()) if (Date.now() > end) throw new Error(`tried in vain: ${what}`);
    }

    /** Clicks the visible button, link or menu item with that text or name. */
    async press(name) {
        await this.#persist(`a click on "${name}"`, async () => {
            const mark = `m${Math.random().toString(36).slice(2)}`;
            await this.until(`a control called "${name}"`, (wanted, sign) => {
                const isVisible = one => one.getBoundingClientRect().width > 0 && !one.disabled;
                const all = [...document.querySelectorAll('button, a, [role=menuitem], [role=option], [role=tab]')].filter(isVisible).reverse();
                const label = one => (one.getAttribute('aria-label') ?? one.textContent).trim();
                const found = all.find(one => label(one) === wanted) ?? all.find(one => label(one).startsWith(wanted));
                found?.setAttribute('data-test', sign);
                return Boolean(found);
            }, name, mark);
            return this.#tryClick(`[data-test=${mark}]`);
        });
    }

    async hover(selector) {
        await this.finds(selector);
        const point = await this.run(wanted => {
            const element = document.querySelector(wanted);
            element.scrollIntoView({ block: 'nearest' });
            const box = element.getBoundingClientRect();
            return { x: box.x + Math.min(200, box.width / 2), y: box.y + box.height / 2 };
        }, selector);
        await this.mouse('mouseMoved', point);
    }

    mouse(type, point, more = {}) { return this.send('Input.dispatchMouseEvent', { type, ...point, pointerType: 'mouse', ...more }); }

    /** Types as the keyboard does, into whatever has the focus. */
    type(text) { return this.send('Input.insertText', { text }); }

    async key(key, { shift = false, ctrl = false, alt = false } = {}) {
        const isText = key.length === 1 && !ctrl && !alt;
        const text = isText ? key : key === 'Enter' ? '\r' : undefined;
        const common = { key, code: KEY_CODES[key] ? key : undefined, windowsVirtualKeyCode: KEY_CODES[key] ?? key.toUpperCase().charCodeAt(0), modifiers: (alt ? 1 : 0) | (ctrl ? 2 : 0) | (shift ? 8 : 0) };
        await this.send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', text, ...common });
        await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common });
    }

    async write(text) {
        await this.until('the composer', () => { document.querySelector('.below .composer-input')?.focus(); return document.activeElement?.matches('.composer-input'); });
        await this.type(text);
    }

    async say(text) {
        await this.write(text);
        await this.key('Enter');
    }

    async screenshot() {
        const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
        return Buffer.from(data, 'base64');
    }

    /** Another window with a copy of this one's sessionStorage, as a browser makes when a tab is duplicated. */
    async duplicate() {
        const { targetInfos } = await this.browser.send('Target.getTargets');
        const known = new Set(targetInfos.map(one => one.targetId));
        await this.run(() => { window.open(location.href, '_blank'); });
        for (;;) {
            const all = (await this.browser.send('Target.getTargets')).targetInfos;
            const found = all.find(one => one.type === 'page' && !known.has(one.targetId) && one.openerId === this.targetId);
            if (found) return this.browser.attach(found.targetId, this.profile.browserContextId);
        }
    }

    async close() { await this.browser.send('Target.closeTarget', { targetId: this.targetId }); }
}
