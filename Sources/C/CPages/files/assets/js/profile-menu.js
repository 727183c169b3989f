// What the pages beside the rooms have alike: the menu of who one is, and keys that work everywhere.

import { showKeySheet } from './key-sheet.js';
import { copyText, openMenu } from './overlay.js';
import { toggleTheme } from './theme.js';

/** `links`: { label, icon, href } of the other pages; `keys` as `showKeySheet` takes them. */
export function openProfile({ session, me }, anchor, { links, keys, signOut }) {
    openMenu(anchor, 'You', [
        ...links.map(({ label, icon, href }) => ({ label, icon, run: () => location.assign(href) })),
        { label: 'Light or dark', icon: 'moon', run: toggleTheme },
        { label: 'Keys', icon: 'keys', run: () => showKeySheet(keys) },
        { label: 'Copy my id', icon: 'copy', run: () => copyText(me.id, 'Your id is copied') }, null,
        { label: session.isOwnPerson ? 'Start as somebody new' : 'Sign out', icon: 'leave', run: signOut },
    ]);
}

/** `runs`: what single keys do, beside `?` which shows `keys`. Not while one writes, and not under what lies over the page. */
export function listenForPageKeys(keys, runs) {
    document.addEventListener('keydown', event => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], [popover]:popover-open')) return;
        if (event.target.closest('input, textarea, select')) return;
        const run = event.key === '?' ? () => showKeySheet(keys) : runs[event.key];
        if (!run) return;
        event.preventDefault();
        run();
    });
}
