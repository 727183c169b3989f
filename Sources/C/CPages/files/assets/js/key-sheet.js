// The sheet that lists a page's keys.

import { h } from './dom.js';
import { openDialog } from './overlay.js';

/** `groups`: [title, [[keys, what they do]]] */
export function showKeySheet(groups) {
    return openDialog('Keys', () => h('div', { class: 'keys' }, groups.map(([title, rows]) => h('section', null, h('h3', null, title),
        h('dl', null, rows.map(([keys, what]) => h('div', null, h('dt', null, keys.split(' ').map(key => h('kbd', null, key))), h('dd', null, what))))))), { wide: true });
}
