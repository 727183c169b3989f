// Search in the room's history, over the conversation. Enter jumps to a result.

import { skeleton } from './blank.js';
import { h, fill, button } from './dom.js';
import { messageCard } from './pins.js';
import { openDialog, sentence } from './overlay.js';
import { plainText } from './markup.js';

const WAIT_MS = 220;
const PAGE = 25;

export function openSearch(model, jump) {
    let serial = 0;
    let timer = null;
    return openDialog(`Search ${model.room.info?.name ?? 'this room'}`, close => {
        const results = h('div', { class: 'cards search-results', 'aria-live': 'polite' });
        const go = seq => { close(); jump(seq); };
        const find = async (query, before) => {
            const mine = ++serial;
            if (!query) return fill(results, h('p', { class: 'side-note' }, 'Finds words in everything that was written here.'));
            if (!before) fill(results, skeleton(3));
            try {
                const page = await model.room.search(query, { limit: PAGE, ...before && { before } });
                if (mine !== serial) return;
                // Newest first: what one looks for is mostly recent.
                const cards = [...page.messages].sort((a, b) => b.seq - a.seq).map(message => messageCard(message, go, marked(message.content ?? '', query)));
                if (!before) fill(results); else results.lastElementChild.remove();
                results.append(...cards);
                if (page.more_before) results.append(button('Earlier results', () => find(query, Math.min(...page.messages.map(one => one.seq)))));
                if (!results.children.length) fill(results, h('p', { class: 'side-note' }, `Nothing found for “${query}”.`));
            } catch (error) {
                if (mine === serial) fill(results, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', () => find(query), 'is-link')));
            }
        };
        const input = h('input', {
            class: 'field', role: 'searchbox', enterkeyhint: 'search', autofocus: true, autocomplete: 'off', 'aria-label': 'Search this room', placeholder: 'Words to look for',
            oninput: () => { clearTimeout(timer); timer = setTimeout(() => find(input.value.trim()), WAIT_MS); },
            onkeydown: event => {
                if (event.key === 'ArrowDown' || (event.key === 'Enter' && results.querySelector('.card'))) {
                    event.preventDefault();
                    const first = results.querySelector('.card');
                    if (event.key === 'Enter') first.click(); else first?.focus();
                }
            },
        });
        results.addEventListener('keydown', event => {
            const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
            if (!step) return;
            event.preventDefault();
            (document.activeElement[step] ?? input).focus();
        });
        find('');
        return [input, results];
    }, { wide: true });
}

/** The words around the first hit, with every hit marked. */
function marked(text, query) {
    const words = query.split(/\s+/).filter(Boolean).map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const hits = new RegExp(`(${words.join('|')})`, 'giu');
    const at = Math.max(0, text.search(hits) - 60);
    const line = plainText(text.slice(at), 200);
    return h('span', null, at ? '…' : null, line.split(hits).map((part, i) => i % 2 ? h('mark', null, part) : part));
}
