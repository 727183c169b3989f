import { h } from './dom.js';
import { initials, toneOf } from './format.js';

/** Initials on a colour that is always the same for the same person. */
export function avatar(person, { small = false, isPresent } = {}) {
    const look = `avatar tone-${toneOf(person.id)}${small ? ' is-small' : ''}`;
    return h('span', { class: look, 'aria-hidden': 'true' }, initials(person.name ?? person.id),
        isPresent ? h('span', { class: 'presence-dot' }) : null);
}
