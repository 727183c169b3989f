// Keys that work everywhere in the study rooms.

import { showKeySheet } from './key-sheet.js';

const KEYS = [
    ['Writing', [['Enter', 'Send'], ['Shift Enter', 'New line'], ['↑', 'Edit my last message'], ['@', 'Mention somebody'], [':', 'Emoji'], ['Esc', 'Stop replying or editing']]],
    ['Messages', [['↑ ↓', 'From one to the next'], ['R', 'Reply'], ['T', 'Thread'], ['+', 'React'], ['E', 'Edit'], ['P', 'Pin'], ['Del', 'Delete'], ['Enter', 'All actions']]],
    ['Everywhere', [['/', 'Search this room'], ['Ctrl K', 'Find a room'], ['Alt ↑ ↓', 'Previous, next room'], ['C', 'Write'], ['M', 'To the messages'], ['End', 'To the newest'], ['Esc', 'Close what is open'], ['?', 'This list']]],
];

export const showKeys = () => showKeySheet(KEYS);

/** `on`: { search, browse, neighbour, write, messages, newest, escape } */
export function listenForKeys(on) {
    document.addEventListener('keydown', event => {
        if (event.defaultPrevented || document.querySelector('dialog[open], [popover]:popover-open')) return;
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') return use(event, on.browse);
        if (event.altKey && /^Arrow(Up|Down)$/.test(event.key)) return use(event, () => on.neighbour(event.key === 'ArrowDown' ? 1 : -1));
        if (event.key === 'Escape') return on.escape();
        if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select, [contenteditable]')) return;
        const run = { '?': showKeys, '/': on.search, c: on.write, m: on.messages, End: on.newest }[event.key];
        if (run) use(event, run);
    });
}

function use(event, run) {
    event.preventDefault();
    run();
}
