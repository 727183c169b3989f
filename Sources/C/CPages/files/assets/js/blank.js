// What stands where there is nothing to show yet, or nothing at all.

import { h } from './dom.js';

export const skeleton = lines => h('div', { class: 'skeleton', 'aria-hidden': 'true' },
    Array.from({ length: lines }, (_, i) => h('div', { class: 'skeleton-row' }, h('i'), h('div', null, h('b'), h('b', { class: `width-${i % 3}` })))));

export function emptyState(title, text, ...actions) {
    return h('div', { class: 'empty' }, h('h2', null, title), text ? h('p', null, text) : null, h('div', { class: 'empty-actions' }, actions));
}
