// What can be told from the files alone: that all are carried, how much they weigh, and that their colours can be read.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const target = new URL('../../Sources/C/CPages/', import.meta.url);
const files = new URL('files/', target);
const client = new URL('../../protocol/client/stoa.js', import.meta.url);
const read = url => readFileSync(url, 'utf8');
const listed = readdirSync(files, { recursive: true }).filter(name => /\.\w+$/.test(name)).sort();

test('pages.c embeds every file and names no other', () => {
    const embedded = [...read(new URL('pages.c', target)).matchAll(/#embed "files\/([^"]+)"/g)].map(match => match[1]).sort();
    assert.deepEqual(embedded, listed);
});

test('the page imports only what it carries', () => {
    for (const name of listed.filter(one => one.endsWith('.js'))) {
        for (const [, path] of read(new URL(name, files)).matchAll(/(?:from|import\()\s*'([^']+)'/g)) {
            const target = new URL(path, new URL(name, 'http://x/')).pathname.slice(1);
            assert.ok(target === 'client/stoa.js' || listed.includes(target), `${name} imports ${path}`);
        }
    }
});

/** Every file that a page loads: what it names, and what its modules import. */
function loadedBy(page) {
    const html = read(new URL(page, files));
    const found = new Set([page]);
    const take = (path, base) => {
        const name = new URL(path, new URL(base, 'http://x/')).pathname.slice(1);
        if (found.has(name)) return;
        found.add(name);
        if (name === 'client/stoa.js' || !name.endsWith('.js')) return;
        for (const [, next] of read(new URL(name, files)).matchAll(/(?:from|import\()\s*'([^']+)'/g)) take(next, name);
    };
    for (const [, path] of html.matchAll(/<(?:script[^>]*src|link rel="stylesheet" href)="([^"]+)"/g)) take(path, page);
    return [...found].sort();
}

const PAGES = { 'index.html': 'assets/js/main.js', 'prices.html': 'assets/js/prices/main.js', 'progress.html': 'assets/js/progress/main.js' };

test('every file is some page\'s', () => {
    const loaded = new Set(Object.keys(PAGES).flatMap(loadedBy));
    assert.deepEqual(listed.filter(name => !loaded.has(name)), []);
});

for (const [page, main] of Object.entries(PAGES)) {
    test(`${page} asks for every module ahead`, () => {
        const asked = [...read(new URL(page, files)).matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(match => match[1]).sort();
        assert.deepEqual(asked, loadedBy(page).filter(name => name.endsWith('.js') && name !== main && name !== 'assets/js/first.js'));
    });

    test(`${page} weighs less than 150 KB, as servers send text`, () => {
        const url = name => name === 'client/stoa.js' ? client : new URL(name, files);
        const sent = loadedBy(page).reduce((sum, name) => sum + gzipSync(readFileSync(url(name))).length, 0);
        assert.ok(sent < 150 * 1024, `${sent} bytes compressed`);
    });
}

test('nothing needs inline script, inline style or another host', () => {
    for (const page of Object.keys(PAGES)) assert.doesNotMatch(read(new URL(page, files)), /<style|\sstyle=|\son\w+=|<script>|https?:\/\//);
    for (const name of listed.filter(one => one.endsWith('.css'))) assert.doesNotMatch(read(new URL(name, files)), /@import|url\(/);
    for (const name of listed.filter(one => one.endsWith('.js'))) assert.doesNotMatch(read(new URL(name, files)), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/);
});

/** The custom properties of one theme. */
function colours(css, theme) {
    const block = theme === 'light' ? css.match(/:root \{([^}]+)\}/)[1] : css.match(/:root\[data-theme="dark"\] \{([^}]+)\}/)[1];
    return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map(match => [match[1], match[2]]));
}

function luminance(colour) {
    const [r, g, b] = [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16) / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);

/** Which text stands on which ground, anywhere on the page. */
const PAIRS = [
    ['text', ['ground', 'ground-rail', 'ground-raised', 'ground-hover', 'ground-selected', 'ground-code', 'ground-field', 'ground-mention', 'ground-found', 'line']],
    ['text-muted', ['ground', 'ground-rail', 'ground-raised', 'ground-hover', 'ground-selected', 'ground-field', 'ground-mention', 'ground-found', 'line']],
    ['text-accent', ['ground', 'ground-rail', 'ground-raised', 'ground-hover', 'ground-selected', 'ground-mention', 'ground-field']],
    ['text-problem', ['ground', 'ground-rail', 'ground-raised', 'ground-hover', 'ground-problem', 'ground-selected', 'line']],
    ['text-good', ['ground', 'ground-rail', 'ground-selected', 'line']],
    // A crosshair's label; a price that has just changed.
    ['ground', ['text', 'text-good', 'text-problem']],
    ['text-notice', ['ground-notice']],
    ['on-accent', ['accent', 'accent-hover']], ['on-danger', ['danger']],
    // The shapes of badges.
    ...['common', 'rare', 'epic', 'legendary'].map(rarity => [`rarity-${rarity}`, ['ground', 'ground-raised']]),
    ['on-avatar', ['tone-0', 'tone-1', 'tone-2', 'tone-3', 'tone-4', 'tone-5', 'tone-6', 'tone-7']],
];

for (const theme of ['light', 'dark']) {
    test(`text can be read in ${theme}: 4.5:1 or more`, () => {
        const css = read(new URL('assets/css/tokens.css', files));
        const all = { ...colours(css, 'light'), ...colours(css, theme) };
        const poor = PAIRS.flatMap(([text, grounds]) => grounds.map(ground => [text, ground, contrast(all[text], all[ground])])).filter(([, , ratio]) => !(ratio >= 4.5));
        assert.deepEqual(poor.map(([text, ground, ratio]) => `${text} on ${ground}: ${ratio.toFixed(2)}`), []);
    });
}

test('the dark theme is the same by system and by switch', () => {
    const css = read(new URL('assets/css/tokens.css', files));
    const [bySystem, bySwitch] = [/:root:not\(\[data-theme="light"\]\) \{([^}]+)\}/, /:root\[data-theme="dark"\] \{([^}]+)\}/]
        .map(pattern => css.match(pattern)[1].replace(/\s+/g, ' ').trim());
    assert.equal(bySystem, bySwitch);
});
